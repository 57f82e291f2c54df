"""The sessions that begin on one day, and their events."""

import hashlib

import msgspec
import numpy as np

from bench.query_data import mix
from bench.query_data.visits import FOLLOWED, Visits
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.sessions.rule import GAP_MS

_LONGEST_GAP_MS = 25 * 60_000
_MOST_EVENTS = 150
# Short looks, and visits: their share, and the chance that a session ends with an event.
_LOOKS, _LOOK_ENDS, _VISIT_ENDS = 0.35, 0.7, 1 / 14.6

EVENT = np.dtype(
    [
        ("at", "i8"), ("id", "V16"), ("session", "V16"), ("visitor", "i4"), ("kind", "i1"), ("path", "i2"),
        ("credit", "i4"), ("landing", "?"), ("product", "i2"), ("cents", "i4"), ("engaged", "i4"), ("scroll", "i1"),
    ]
)  # fmt: skip
SESSION = np.dtype(
    [
        ("id", "V16"), ("visitor", "i4"), ("started_at", "i8"), ("last_at", "i8"), ("events", "i4"),
        ("pageviews", "i4"),
        ("clicks", "i4"), ("goals", "i4"), ("cents", "i8"), ("engaged", "i8"), ("scroll", "i1"), ("entry", "i2"),
        ("last", "i2"), ("credit", "i4"), ("last_event", "V16"), ("bounce", "?"),
    ]
)  # fmt: skip

_GOAL = np.array([kind.goal for kind in mix.KINDS])
_ABOUT_PRODUCT = np.array([kind.about_product for kind in mix.KINDS])
# What a visitor did with a page, as intelligence/sessions/state.py has it.
_INTERACTION = np.array([kind.name == "$click" or not (kind.name or "$").startswith("$") for kind in mix.KINDS])
_SIZES = (len(mix.SOURCES), len(mix.CAMPAIGNS), len(mix.DEVICES), len(mix.BROWSERS), len(mix.COUNTRIES))


class Day(msgspec.Struct, frozen=True):
    """`events` in the order of sessions; those of a late session may be of the next day."""

    sessions: np.ndarray
    events: np.ndarray


def credited(credit: np.ndarray) -> tuple[np.ndarray, ...]:
    """Source, campaign, device, browser and country of what sessions are credited to, as places in the lists of mix."""
    return np.unravel_index(credit, _SIZES)


class Days:
    """Makes one day after the other; a visitor's sessions never come closer than half an hour."""

    def __init__(self, project: str, seed: int, visits: Visits, first_day: int) -> None:
        self._project, self._seed, self._visits, self._first_day = project, seed, visits, first_day
        self._last_at = np.full(len(visits.ids), -(1 << 60), np.int64)

    def make(self, number: int) -> Day:
        """Day `number`, counted from 0; call it in their order."""
        rng = np.random.default_rng([self._seed, 1, number])
        start = (self._first_day + number) * DAY_MS
        visitor = self._visits.of_day[number]
        at = (
            start
            + mix.draw(rng, mix.cumulated(mix.HOURS), len(visitor)) * HOUR_MS
            + rng.integers(0, HOUR_MS, len(visitor))
        )
        at = np.maximum(at, self._last_at[visitor] + GAP_MS + 1)
        today = at < start + DAY_MS
        visitor, at = visitor[today], at[today]
        lengths, times = _times(rng, at)
        ends = times[np.cumsum(lengths) - 1]
        self._last_at[visitor] = ends
        again = ends + GAP_MS + 1 + rng.exponential(1.5 * HOUR_MS, len(ends)).astype(np.int64)
        followed = (rng.random(len(ends)) < FOLLOWED) & (again < start + DAY_MS)
        more_lengths, more_times = _times(rng, again[followed])
        self._last_at[visitor[followed]] = more_times[np.cumsum(more_lengths) - 1] if followed.any() else 0
        return self._day(
            rng,
            np.concatenate([visitor, visitor[followed]]),
            np.concatenate([lengths, more_lengths]),
            np.concatenate([times, more_times]),
        )

    def _day(self, rng: np.random.Generator, visitor: np.ndarray, lengths: np.ndarray, times: np.ndarray) -> Day:
        number, first = len(lengths), np.cumsum(lengths) - lengths
        of = np.repeat(np.arange(number), lengths)
        events = np.zeros(len(times), EVENT)
        events["at"], events["visitor"] = times, visitor[of]
        events["id"] = _ids(rng, len(times))
        events["kind"] = kind = _kinds(rng, of, first)
        is_page = kind == mix.PAGE
        events["path"] = _paths(rng, is_page, first)
        source, campaign = self._came_by(rng, number)
        whose = (self._visits.device[visitor], self._visits.browser[visitor], self._visits.country[visitor])
        credit = np.ravel_multi_index((source, campaign, *whose), _SIZES).astype(np.int32)
        events["credit"] = credit[of]
        seen = np.cumsum(is_page)
        seen -= np.repeat(seen[first] - is_page[first], lengths)
        # Later pages have the site itself as their referrer, so no source; a campaign's tags stay.
        events["landing"] = (seen <= 1) | (campaign[of] > 0)
        _amounts(rng, events)
        sessions = _sessions(events, first, lengths, credit)
        sessions["id"] = self._session_ids(visitor, times[first])
        events["session"] = sessions["id"][of]
        return Day(sessions, events)

    def _came_by(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Source and campaign; a campaign is one of one source."""
        source, campaign = mix.draw(rng, mix.SOURCE_CHANCES, number), mix.draw(rng, mix.CAMPAIGN_CHANCES, number)
        return np.where(campaign > 0, 1 + campaign % 7, source), campaign

    def _session_ids(self, visitor: np.ndarray, started_at: np.ndarray) -> np.ndarray:
        """As intelligence/sessions/rule.py makes them: UUIDs (version 5) of visitor, project and start."""
        ids = np.ascontiguousarray(self._visits.ids[visitor]).view("V16").ravel().tolist()
        names = (f"{self._project}\n{at}".encode() for at in started_at.tolist())
        made = b"".join(
            hashlib.sha1(i + n, usedforsecurity=False).digest()[:16] for i, n in zip(ids, names, strict=True)
        )
        return _marked(np.frombuffer(made, np.uint8).reshape(-1, 16).copy(), 0x50)


def _times(rng: np.random.Generator, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many events each session has, and when they happen (epoch ms), session after session."""
    looks = rng.random(len(starts)) < _LOOKS
    lengths = np.minimum(rng.geometric(np.where(looks, _LOOK_ENDS, _VISIT_ENDS)), _MOST_EVENTS)
    first = np.cumsum(lengths) - lengths
    gaps = np.minimum(rng.lognormal(9.4, 1.3, lengths.sum()), _LONGEST_GAP_MS).astype(np.int64) + 1
    gaps[first] = 0
    passed = np.cumsum(gaps)
    return lengths, passed - np.repeat(passed[first] - starts, lengths)


def _kinds(rng: np.random.Generator, of: np.ndarray, first: np.ndarray) -> np.ndarray:
    kind = mix.draw(rng, mix.KIND_CHANCES, len(of)).astype(np.int8)
    kind[first[rng.random(len(first)) < 0.97]] = mix.PAGE
    steps = np.flatnonzero(kind >= mix.STEPS)
    kind[steps] = kind[steps][np.lexsort((kind[steps], of[steps]))]
    return kind


def _paths(rng: np.random.Generator, is_page: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Of a page view a page, of everything else the page on which it happens."""
    begins = is_page.copy()
    begins[first] = True
    path = np.zeros(len(is_page), np.int16)
    path[begins] = mix.draw(rng, mix.PAGE_CHANCES, int(begins.sum()))
    path[first] = mix.draw(rng, mix.ENTRY_CHANCES, len(first))
    return path[np.maximum.accumulate(np.where(begins, np.arange(len(path)), 0))]


def _amounts(rng: np.random.Generator, events: np.ndarray) -> None:
    kind = events["kind"]
    number = len(kind)
    events["product"] = np.where(_ABOUT_PRODUCT[kind], mix.draw(rng, mix.PRODUCT_CHANCES, number), -1)
    price = 500 + events["product"].astype(np.int64) * 7_919 % 19_500
    order = rng.lognormal(8.6, 0.7, number).astype(np.int64) + 500
    events["cents"] = np.where(kind == mix.ORDER, order, np.where(events["product"] >= 0, price, 0))
    engaged = kind == mix.ENGAGEMENT
    events["engaged"] = np.where(engaged, rng.integers(300, 10_001, number), 0)
    events["scroll"] = np.where(engaged, rng.integers(0, 101, number), 0)


def _sessions(events: np.ndarray, first: np.ndarray, lengths: np.ndarray, credit: np.ndarray) -> np.ndarray:
    sessions = np.zeros(len(first), SESSION)
    kind, last = events["kind"], first + lengths - 1
    is_page = kind == mix.PAGE

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values.astype(np.int64), first)

    sessions["visitor"], sessions["started_at"] = events["visitor"][first], events["at"][first]
    sessions["last_at"], sessions["last"], sessions["last_event"] = (
        events[name][last] for name in ("at", "path", "id")
    )
    sessions["events"], sessions["pageviews"] = lengths, total(is_page)
    sessions["clicks"], sessions["goals"] = total(kind == mix.CLICK), total(_GOAL[kind])
    sessions["cents"] = total(np.where(kind == mix.ORDER, events["cents"], 0))
    sessions["engaged"] = total(events["engaged"])
    sessions["scroll"] = np.maximum.reduceat(events["scroll"], first)
    entered = np.minimum.reduceat(np.where(is_page, np.arange(len(kind)), len(kind)), first)
    sessions["entry"] = events["path"][np.where(entered < len(kind), entered, first)]
    sessions["credit"] = credit
    sessions["bounce"] = (sessions["pageviews"] == 1) & (total(_INTERACTION[kind]) == 0)
    return sessions


def _ids(rng: np.random.Generator, number: int) -> np.ndarray:
    return _marked(np.frombuffer(rng.bytes(16 * number), np.uint8).reshape(number, 16).copy(), 0x40)


def _marked(ids: np.ndarray, version: int) -> np.ndarray:
    """Random bytes as UUIDs of a version."""
    ids[:, 6] = ids[:, 6] & 0x0F | version
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    return ids.view("V16").ravel()
