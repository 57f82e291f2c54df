"""The features by which sessions of programs stand out, each turned so that more of it is more like a program.

NaN says that a session tells nothing about a feature. All is of the session so far and of the day before it.
"""

from collections.abc import Callable
from math import nan

import msgspec

from gooddata.intelligence.automated.conduct import Conduct, evenness
from gooddata.intelligence.moments import HOUR_MS

_MINUTE_MS = 60_000
_SECOND_MS = 1_000


class Behaviour(msgspec.Struct, frozen=True):
    """`said` is what is said of a value, with `{}` for it in `form`, `usually` what is said of people. `spread` is the
    least difference that counts. Counts, rates and times are compared by their logarithms (`tail`). `needs` is what a
    project's events must show for the feature to tell anything: "assets" or "signs"."""

    name: str
    said: str
    spread: float
    value: Callable[[Conduct], float]
    tail: bool = False
    form: str = "{:.0f}"
    usually: str = "nine of ten people have at most {}"
    needs: str | None = None


def _rate(told: Conduct) -> float:
    """Page views a minute, from the first to the last; a second is the least that passes."""
    if told.pages < 3:
        return nan
    took = max(told.page_times[-1] - told.page_times[0], _SECOND_MS)
    return (told.pages - 1) * _MINUTE_MS / took


def _even(times: list[int], least: int) -> float:
    found = evenness(times, least)
    return nan if found is None else max(found, 0.0)


def _failed(told: Conduct) -> float:
    requests = told.pages + told.assets + told.failed
    return told.failed / requests if requests else nan


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("pages", "{} pages in one session", 0.7, lambda c: c.pages, tail=True),
    Behaviour("pages_a_minute", "{} pages a minute", 0.7, _rate, tail=True, form="{:.1f}"),
    Behaviour("even_pages", "pages that follow each other as evenly as {} of a clock", 0.3,
              lambda c: _even(c.page_times, 4), form="{:.0%}"),
    Behaviour("breadth", "{} of its page views were of a page not seen before", 0.3,
              lambda c: len(c.paths) / c.pages if c.pages >= 5 else nan, form="{:.0%}"),
    Behaviour("repeats", "the same page {} times", 0.7, lambda c: max(c.paths.values()) if c.paths else nan,
              tail=True),
    Behaviour("bare_pages", "{} of its pages without a picture, style or script", 0.5,
              lambda c: max(0.0, 1 - c.assets / c.pages) if c.pages else nan, form="{:.0%}", needs="assets"),
    Behaviour("unattended_pages", "{} pages without a scroll, a click or any time spent", 0.7,
              lambda c: c.pages if not c.signs else 0, tail=True, needs="signs"),
    Behaviour("failed", "{} of its requests showed no page", 0.3, _failed, form="{:.0%}"),
    Behaviour("errors", "{} of its events are errors", 0.3, lambda c: c.errors / max(c.events, 1), form="{:.0%}"),
    Behaviour("unreferred", "came from no other site", 1.0, lambda c: not c.referred, usually="most people do"),
    Behaviour("deep_entry", "began {} levels deep and came from nowhere", 1.0,
              lambda c: 0 if c.referred else c.entry_depth),
    Behaviour("day_sessions", "session number {} within 24 hours", 0.7, lambda c: len(c.starts), tail=True),
    Behaviour("day_hours", "sessions in {} different hours of the last 24", 1.0,
              lambda c: len({start // HOUR_MS for start in c.starts})),
    Behaviour("even_sessions", "sessions that follow each other as evenly as {} of a clock", 0.3,
              lambda c: _even(c.starts, 3), form="{:.0%}"),
    Behaviour("lasted", "went on for {} minutes", 0.7, lambda c: c.lasted_ms / _MINUTE_MS, tail=True),
    Behaviour("hour", "came at {} h (UTC)", 0.7, lambda c: c.hour, usually="few people come then"),
)  # fmt: skip

NAMES = tuple(each.name for each in BEHAVIOURS)
HOUR = NAMES.index("hour")


def behaviour(told: Conduct) -> list[float]:
    """The features of a session, in the order of NAMES."""
    return [float(each.value(told)) for each in BEHAVIOURS]
