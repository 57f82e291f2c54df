"""What a visitor's visits so far say of whether they come back, the same for learning and for scoring."""

from collections.abc import Sequence
from itertools import groupby
from math import nan
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from gooddata.intelligence.facts.source import SEARCH, SOCIAL
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.returns.features import MEANINGS as OF_TIMES
from gooddata.intelligence.returns.features import features
from gooddata.intelligence.scoring.propensity import Matrix
from gooddata.intelligence.sessions.rollup import DIRECT

LOOK_BACK_DAYS = 180
MOST_VISITS = 200  # the newest, that say something
_OF_GOALS = ("times", "recency_days", "mean_gap_days", "amount", "last_amount")


class Visit(msgspec.Struct, frozen=True):
    """A session; times are epoch ms."""

    started_at: int
    last_at: int
    pageviews: int
    clicks: int
    engaged_ms: int
    goals: int
    revenue: float
    source: str | None
    device: str | None
    simulated: bool = False


class Visitor(msgspec.Struct):
    """Somebody's visits, in order."""

    visitor: UUID
    visits: list[Visit]


# Of every feature what it means, in the order in which a row has them.
MEANINGS = {
    **{f"visits.{name}": meaning.format(times="visits", time="visit") for name, meaning in OF_TIMES.items()},
    **{
        f"goals.{name}": OF_TIMES[name].format(times="visits with a goal", time="visit with a goal")
        for name in _OF_GOALS
    },
    "pages_mean": "page views a visit",
    "engaged_seconds_mean": "engaged seconds a visit",
    "last.pages": "page views of the last visit",
    "last.clicks": "clicks of the last visit",
    "last.engaged_seconds": "engaged seconds of the last visit",
    "last.minutes": "minutes that the last visit took",
    "last.goals": "goals of the last visit",
    "last.hour": "hour of the day (UTC) at which the last visit began",
    "last.weekday": "day of the week (UTC) of the last visit, Monday is 0",
    "on_phone": "the last visit was on a phone or tablet",
    "from_search": "the last visit came from a search engine",
    "from_social": "the last visit came from a social network",
    "direct": "the last visit came from nowhere that is known",
}
NAMES = tuple(MEANINGS)

# What is one thing in several features: a name, its meaning, the features.
TOGETHER = (("source", "where the last visit came from", ("from_search", "from_social", "direct")),)


def by_visitor(rows: Sequence[Any]) -> list[Visitor]:
    """Rows of a visitor and the fields of a visit, by visitor and in order."""
    return [
        Visitor(visitor, [Visit(*each[1:]) for each in own]) for visitor, own in groupby(rows, key=lambda row: row[0])
    ]


def known_at(visits: Sequence[Visit], at: int) -> list[Visit]:
    """The visits that had ended at `at` (epoch ms) and are not too old to say anything."""
    known = [each for each in visits if each.last_at <= at and each.started_at > at - LOOK_BACK_DAYS * DAY_MS]
    return known[-MOST_VISITS:]


def is_known(visits: Sequence[Visit]) -> bool:
    """Whether somebody is more than a stranger: they have come on two days, or reached a goal."""
    return any(each.goals for each in visits) or len({each.started_at // DAY_MS for each in visits}) > 1


def row(known: Sequence[Visit], at: int) -> list[float]:
    """Features in the order of NAMES, of one or more visits that had ended at `at` (epoch ms)."""
    day = at / DAY_MS
    last = known[-1]
    bought = [each for each in known if each.goals]
    of_goals = dict(zip(OF_TIMES, features(_times(bought), day), strict=True)) if bought else {}
    return [
        *features(_times(known), day),
        *(of_goals.get(name, 0.0 if name in ("times", "amount") else nan) for name in _OF_GOALS),
        sum(each.pageviews for each in known) / len(known),
        sum(each.engaged_ms for each in known) / len(known) / 1_000,
        last.pageviews,
        last.clicks,
        last.engaged_ms / 1_000,
        (last.last_at - last.started_at) / 60_000,
        last.goals,
        last.started_at % DAY_MS // HOUR_MS,
        # 1 January 1970 was a Thursday.
        (last.started_at // DAY_MS + 3) % 7,
        last.device in ("mobile", "tablet"),
        last.source in SEARCH,
        last.source in SOCIAL,
        last.source == DIRECT,
    ]


def matrix(known: Sequence[Sequence[Visit]], at: int) -> Matrix:
    """Features (n, len(NAMES)) of several visitors."""
    return np.array([row(visits, at) for visits in known], dtype=np.float64).reshape(-1, len(NAMES))


def _times(visits: Sequence[Visit]) -> list[tuple[float, float, float]]:
    return [(each.last_at / DAY_MS, each.revenue, float(each.goals)) for each in visits]
