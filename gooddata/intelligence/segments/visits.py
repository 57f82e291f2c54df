"""What a visitor did in the last 28 days, as numbers to compare visitors by."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from asyncpg.pgproto.pgproto import UUID
from numpy.typing import NDArray

from gooddata.intelligence.facts.source import SEARCH, SOCIAL
from gooddata.intelligence.moments import DAY_MS, HOUR_MS

Matrix = NDArray[np.float64]

DAYS = 28


class Visit(msgspec.Struct, frozen=True):
    """A session; times are epoch ms. `products` is how many product views were in it."""

    visitor: UUID
    started_at: int
    last_at: int
    pageviews: int
    clicks: int
    engaged_ms: int
    goals: int
    revenue: float
    products: int
    source: str | None
    device: str | None


class Habit(msgspec.Struct, frozen=True):
    """A feature of a visitor's visits, of which there is at least one, as of a time (epoch ms).

    Those with a long `tail` are compared by their logarithms; `spread` is the least difference that counts as one, as
    it is compared. `form` writes a value, `said` is what it is a value of."""

    name: str
    said: str
    form: str
    spread: float
    value: Callable[[Sequence[Visit], int], float]
    tail: bool = False


def _mean(values: Iterable[float]) -> float:
    told = list(values)
    return sum(told) / len(told)


def _products(visits: Sequence[Visit], _: int) -> float:
    """Product views may be page views themselves, or come with them."""
    pages = sum(max(each.pageviews, each.products) for each in visits)
    return sum(each.products for each in visits) / max(pages, 1)


def _is_elsewhere(source: str | None) -> bool:
    return source is not None and source not in SEARCH and source not in SOCIAL


HABITS: tuple[Habit, ...] = (
    Habit("sessions", "sessions", "{:.1f}", 0.7, lambda v, _: len(v), tail=True),
    Habit("days_since", "days since the last session", "{:.1f}", 2.0,
          lambda v, now: max(now - max(each.last_at for each in v), 0) / DAY_MS, tail=True),
    Habit("pages", "pages a session", "{:.1f}", 0.7, lambda v, _: _mean(each.pageviews for each in v), tail=True),
    Habit("clicks", "clicks a session", "{:.1f}", 0.7, lambda v, _: _mean(each.clicks for each in v), tail=True),
    Habit("engaged", "engaged seconds a session", "{:.0f}", 1.5,
          lambda v, _: _mean(each.engaged_ms for each in v) / 1_000, tail=True),
    Habit("goals", "goals", "{:.2f}", 0.7, lambda v, _: sum(each.goals for each in v), tail=True),
    Habit("revenue", "revenue", "{:.2f}", 4.0, lambda v, _: max(sum(each.revenue for each in v), 0.0), tail=True),
    Habit("products", "of what is seen are products", "{:.0%}", 1.0, _products),
    Habit("on_phone", "of sessions on phones and tablets", "{:.0%}", 1.0,
          lambda v, _: _mean(each.device in ("mobile", "tablet") for each in v)),
    Habit("from_search", "of sessions from search", "{:.0%}", 1.0,
          lambda v, _: _mean(each.source in SEARCH for each in v)),
    Habit("from_social", "of sessions from social networks", "{:.0%}", 1.0,
          lambda v, _: _mean(each.source in SOCIAL for each in v)),
    Habit("from_elsewhere", "of sessions from other sites and campaigns", "{:.0%}", 1.0,
          lambda v, _: _mean(_is_elsewhere(each.source) for each in v)),
    Habit("in_the_evening", "of sessions from 17 to 24 h (UTC)", "{:.0%}", 2.0,
          lambda v, _: _mean(each.started_at % DAY_MS >= 17 * HOUR_MS for each in v)),
)  # fmt: skip
NAMES = tuple(each.name for each in HABITS)


def habits(visits: Sequence[Visit], now: int) -> list[float] | None:
    """A visitor's features as of `now`, in the order of NAMES; None without a visit in the DAYS before it."""
    known = [each for each in visits if now - DAYS * DAY_MS <= each.started_at < now]
    return [float(each.value(known, now)) for each in HABITS] if known else None


def by_visitor(visits: Iterable[Visit], now: int) -> tuple[list[UUID], Matrix]:
    """Visitors with a visit in the DAYS before `now`, in the order of their ids, and their features (n, len(NAMES))."""
    own: dict[UUID, list[Visit]] = {}
    for each in visits:
        own.setdefault(each.visitor, []).append(each)
    told = [(visitor, row) for visitor in sorted(own) if (row := habits(own[visitor], now)) is not None]
    return [visitor for visitor, _ in told], np.array([row for _, row in told]).reshape(-1, len(NAMES))


def compared(rows: Matrix) -> Matrix:
    """Features as they are compared: logarithms of what has a long tail."""
    told = np.array(rows, dtype=np.float64)
    tails = [each.tail for each in HABITS]
    told[:, tails] = np.log1p(np.clip(told[:, tails], 0.0, 1e12))
    return told
