"""Every comparison that is made: of each metric, of everything and of each value, of one day, three and seven."""

from collections.abc import Iterator

import msgspec
import numpy as np

from gooddata.intelligence.insights.cells import COUNTS, ERROR, MEANS, RATES, Cell, Material
from gooddata.intelligence.insights.significance import (
    POISSON_SD,
    Test,
    dispersion_of_rate,
    two_proportions,
    weekday_change,
)
from gooddata.intelligence.sessions.rollup import CONVERSIONS, SESSIONS

WEEKS = 4
WEEKS_NEEDED = 2
WINDOWS = (7, 3, 1)  # days
LEAST_COUNT = 50
LEAST_SESSIONS = 200
LEAST_HITS = 20

EVERYTHING: Cell = ("", "")
_OF_SESSIONS = ("sessions", "bounce_rate", "conversions", "conversion_rate", "revenue")
METRICS = {
    "": ("sessions", "pageviews", "events", "bounce_rate", "conversions", "conversion_rate", "revenue", "engaged_ms"),
    "page": ("pageviews", "bounce_rate"),
    "event": ("events",),
    "goal": ("conversions",),
    **dict.fromkeys(("source", "campaign", "device", "browser", "country"), _OF_SESSIONS),
}


class Finding(msgspec.Struct, frozen=True):
    """A comparison that was made. `before` and `after` are counts a day, shares or means; `days` is the window.

    `audience` is the share of the project's whole that it is about, 0 to 1."""

    kind: str
    metric: str
    dimension: str
    value: str
    days: int
    before: float
    after: float
    audience: float
    test: Test
    q: float = 1.0

    @property
    def delta(self) -> float:
        return self.after - self.before


def weeks_before(material: Material, days: int) -> int:
    """How many whole weeks there are before the window, 4 at most."""
    return min(WEEKS, (material.days - days) // 7)


def changes(material: Material) -> Iterator[Finding]:
    """What was counted in the last days beside the same days of the weeks before."""
    for days in WINDOWS:
        if weeks_before(material, days) < WEEKS_NEEDED:
            continue
        for cell in sorted(material.cells):
            for metric in _metrics(cell):
                if (found := change(material, cell, metric, days)) is not None:
                    yield found


def _metrics(cell: Cell) -> tuple[str, ...]:
    return ("errors",) if cell == ("event", ERROR) else METRICS.get(cell[0], ())


def change(material: Material, cell: Cell, metric: str, days: int) -> Finding | None:
    """One comparison, or None where there is too little to make it."""
    weeks = weeks_before(material, days)
    daily = material.daily(cell)
    earlier, now = daily[-days - 7 * weeks : -days], daily[-days:]
    whole = material.daily(EVERYTHING)[-days - 7 * weeks :]
    base = earlier.reshape(weeks, 7, -1)[:, :days]
    if metric in COUNTS:
        column = COUNTS[metric]
        before, after = float(base[:, :, column].mean()), float(now[:, column].mean())
        if before * days < LEAST_COUNT and (after * days < LEAST_COUNT or not before):
            return None
        if metric == "revenue" and min(base[:, :, CONVERSIONS].mean(), now[:, CONVERSIONS].mean()) * days < LEAST_HITS:
            return None
        floor = 0.0 if metric == "revenue" else POISSON_SD
        test = weekday_change(earlier[:, column].reshape(weeks, 7).clip(0), now[:, column].clip(0), floor)
        audience = (
            1.0 if metric == "errors" else float(daily[-len(whole) :, column].sum() / max(whole[:, column].sum(), 1))
        )
    elif min(base[:, :, SESSIONS].sum(), now[:, SESSIONS].sum()) < LEAST_SESSIONS:
        return None
    elif metric in RATES:
        column = RATES[metric]
        hits, of = base[:, :, column].sum(), base[:, :, SESSIONS].sum()
        new_hits, of_new = now[:, column].sum(), now[:, SESSIONS].sum()
        if hits + new_hits < LEAST_HITS or hits > of or new_hits > of_new:
            return None
        scatter = dispersion_of_rate(earlier[:, column], earlier[:, SESSIONS])
        test = two_proportions(int(new_hits), int(of_new), int(hits), int(of), scatter)
        before, after = float(hits / of), float(new_hits / of_new)
        audience = float(now[:, SESSIONS].sum() / max(whole[-days:, SESSIONS].sum(), 1))
    else:
        column = MEANS[metric]
        means = daily[:, column] / np.maximum(daily[:, SESSIONS], 1)
        test = weekday_change(means[-days - 7 * weeks : -days].reshape(weeks, 7), means[-days:], 0.0)
        before = float(base[:, :, column].sum() / base[:, :, SESSIONS].sum())
        after = float(now[:, column].sum() / now[:, SESSIONS].sum())
        audience = 1.0
        if not before:
            return None
    return Finding("change", metric, *cell, days, before, after, min(audience, 1.0), test)
