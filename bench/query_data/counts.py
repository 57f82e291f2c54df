"""What a day's events and sessions add up to by the minute, and who was there by the hour and the day."""

from collections.abc import Iterator

import msgspec
import numpy as np

from bench.query_data import mix
from bench.query_data.day import credited
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.sessions.rollup import DIRECT, MINUTE_MS
from gooddata.sketch import Visitors, count_of

_MINUTES = DAY_MS // MINUTE_MS
_GOAL = np.array([kind.goal for kind in mix.KINDS])
_NAMES = [kind.name or kind.type for kind in mix.KINDS]
_GOAL_NAMES = [name if kind.goal else "" for name, kind in zip(_NAMES, mix.KINDS, strict=True)]


class Dimension(msgspec.Struct, frozen=True):
    """Its values, and which of them each event and session has; `none`: an empty value is none."""

    name: str
    values: list[str]
    of_event: np.ndarray
    of_session: np.ndarray | None
    none: bool = False


def dimensions(events: np.ndarray, sessions: np.ndarray) -> list[Dimension]:
    """All of them, as intelligence/sessions/rollup.py credits them."""
    by_event, by_session = credited(events["credit"]), credited(sessions["credit"])
    source, campaign, device, browser, country = zip(by_event, by_session, strict=True)
    sources = [DIRECT, *mix.SOURCES[1:]]
    zeros = (np.zeros(len(events), np.int8), np.zeros(len(sessions), np.int8))
    return [
        Dimension("", [""], *zeros),
        Dimension("page", mix.paths(), events["path"], sessions["entry"]),
        Dimension("source", sources, *source),
        Dimension("campaign", mix.CAMPAIGNS, *campaign, none=True),
        Dimension("event", _NAMES, events["kind"], None),
        Dimension("goal", _GOAL_NAMES, events["kind"], None, none=True),
        Dimension("device", mix.DEVICES, *device),
        Dimension("browser", mix.BROWSERS, *browser),
        Dimension("country", mix.COUNTRIES, *country, none=True),
    ]


class Cells(msgspec.Struct, frozen=True):
    """Minutes (of the day) and values of a dimension that have counts: events, pageviews, sessions, bounces,
    conversions, ten-thousandths of revenue, engaged milliseconds."""

    minute: np.ndarray
    value: np.ndarray
    counts: list[np.ndarray]


def cells(dimension: Dimension, start: int, events: np.ndarray, sessions: np.ndarray) -> Cells:
    """What is counted under a dimension on the day that begins at `start` (epoch ms)."""
    width = len(dimension.values)
    kind, minute = events["kind"], (events["at"] - start) // MINUTE_MS
    size = _MINUTES * width
    place = minute * width + dimension.of_event

    def added(where: np.ndarray, amounts: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(where, amounts, minlength=size)

    is_order = kind == mix.ORDER
    engaged = kind == mix.ENGAGEMENT
    started = bounced = np.zeros(size, np.int64)
    if dimension.of_session is not None:
        began = (sessions["started_at"] - start) // MINUTE_MS * width + dimension.of_session
        started, bounced = added(began), added(began[sessions["bounce"]])
    counts = [
        added(place),
        added(place[kind == mix.PAGE]),
        started,
        bounced,
        added(place[_GOAL[kind]]),
        added(place[is_order], events["cents"][is_order] * 100.0),
        added(place[engaged], events["engaged"][engaged].astype(float)),
    ]
    is_some = (counts[0] > 0) | (counts[2] > 0)
    if dimension.none:
        is_some &= np.tile([value != "" for value in dimension.values], _MINUTES)
    there = np.flatnonzero(is_some)
    return Cells(there // width, there % width, [column[there].astype(np.int64) for column in counts])


Sketched = tuple[int, int, int, bytes]  # hour of the day (0 for a whole day), value, visitors, sketch


def sketches(
    dimension: Dimension, start: int, events: np.ndarray, heads: np.ndarray
) -> tuple[list[Sketched], list[Sketched]]:
    """The visitors of each value by the hour, and by the day."""
    none = np.array([dimension.none and value == "" for value in dimension.values])
    has = ~none[dimension.of_event]
    width, people = len(dimension.values), len(heads)
    cell = (events["at"][has] - start) // HOUR_MS * width + dimension.of_event[has]
    seen = np.unique(cell * people + events["visitor"][has])
    cell, visitor = np.divmod(seen, people)
    by_hour = [(at // width, at % width, *_sketch(own)) for at, own in _groups(cell, heads[visitor])]
    seen = np.unique(cell % width * people + visitor)
    value, visitor = np.divmod(seen, people)
    return by_hour, [(0, at, *_sketch(own)) for at, own in _groups(value, heads[visitor])]


def _groups(keys: np.ndarray, values: np.ndarray) -> Iterator[tuple[int, list[int]]]:
    """The values of each key; equal keys stand together."""
    bounds = np.flatnonzero(np.diff(keys, prepend=-1))
    ends = [*bounds[1:].tolist(), len(keys)][: len(bounds)]
    for key, start, end in zip(keys[bounds].tolist(), bounds.tolist(), ends, strict=True):
        yield key, values[start:end].tolist()


def _sketch(visitors: list[int]) -> tuple[int, bytes]:
    made = Visitors()
    made.add(visitors)
    sketch = made.sketch()
    return len(visitors) if len(visitors) < 2_048 else count_of(sketch), sketch
