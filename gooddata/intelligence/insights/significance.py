"""Tests of significance: small, of arrays, deterministic."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import special  # type: ignore[import-untyped]

# On the scale of square roots the standard deviation of a Poisson count, whatever its mean (Bartlett 1936).
POISSON_SD = 0.5
Z95 = 1.959964
SMALL_CELL = 5.0


class Test(msgspec.Struct, frozen=True):
    """What a test says: `ratio` of after to before, with its 95% interval, and the two-sided `p`."""

    name: str
    statistic: float
    p: float
    ratio: float
    low: float
    high: float


def weekday_change(earlier: np.ndarray, now: np.ndarray, floor: float = POISSON_SD) -> Test:
    """Whether `now` (days,) differs from `earlier` (weeks >= 2, 7), day of the week by day of the week.

    A t test of square roots with an effect for each day of the week. The scatter is that of earlier days, at least
    `floor`: for counts that of Poisson's, so that this is a quasi-Poisson test on the scale where the variance is
    stable. For several days it is at least what whole weeks differ by. `now` begins on the weekday of column 0.
    """
    weeks, days = len(earlier), len(now)
    rooted, rooted_now = np.sqrt(earlier), np.sqrt(now)
    means = rooted.mean(axis=0)
    freedom = 7 * weeks - 7
    variance = max(float(((rooted - means) ** 2).sum()) / freedom, floor**2)
    error = math.sqrt(variance / days * (1 + 1 / weeks))
    if days == 7:
        between = float(rooted.mean(axis=1).var(ddof=1))
        error = max(error, math.sqrt(between * (1 + 1 / weeks)))
    base = float(means[:days].mean())
    difference = float(rooted_now.mean()) - base
    error = max(error, 1e-9 * max(base, 1.0))
    statistic = difference / error
    margin = float(special.stdtrit(freedom, 0.975)) * error
    low, high = (max(base + difference + side * margin, 0.0) / max(base, 1e-9) for side in (-1, 1))
    before = float(earlier[:, :days].mean())
    ratio = float(now.mean()) / before if before else math.inf
    return Test("t of square roots by weekday", statistic, two_sided(statistic, freedom), ratio, low**2, high**2)


def two_sided(statistic: float, freedom: float) -> float:
    """The p of Student's t."""
    return float(min(1.0, 2 * special.stdtr(freedom, -abs(statistic))))


def two_proportions(hits: int, of: int, other_hits: int, of_others: int, dispersion: float = 1.0) -> Test:
    """Whether hits/of differs from other_hits/of_others: by normal approximation with Yates' continuity correction, or
    by Fisher's exact test where a cell is expected to hold fewer than 5 and the dispersion is 1.

    `dispersion` is by how much the counts scatter more than a binomial's; the interval is Katz's (1978) of a ratio.
    """
    rate, other = hits / of, other_hits / of_others
    ratio = rate / other if other else math.inf
    spread = math.sqrt(dispersion * max((1 - rate) / max(hits, 0.5) + (1 - other) / max(other_hits, 0.5), 0.0))
    start = max(hits, 0.5) / of / (max(other_hits, 0.5) / of_others)
    low, high = start * math.exp(-Z95 * spread), start * math.exp(Z95 * spread)
    pooled = (hits + other_hits) / (of + of_others)
    if pooled in (0.0, 1.0):
        return Test("two proportions", 0.0, 1.0, 1.0, low, high)
    if min(pooled, 1 - pooled) * min(of, of_others) < SMALL_CELL and dispersion == 1.0:
        return Test("Fisher's exact", ratio, fisher(hits, of, other_hits, of_others), ratio, low, high)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_others))
    less = max(abs(rate - other) - 0.5 * (1 / of + 1 / of_others), 0.0)
    statistic = math.copysign(less / error / math.sqrt(dispersion), rate - other)
    return Test("two proportions", statistic, float(2 * special.ndtr(-abs(statistic))), ratio, low, high)


def fisher(hits: int, of: int, other_hits: int, of_others: int) -> float:
    """Fisher's exact two-sided p of a table of two rows: all tables that are no likelier than the one seen."""
    all_hits, everything = hits + other_hits, of + of_others
    possible = np.arange(max(0, all_hits - of_others), min(of, all_hits) + 1)
    logs = _log_choose(of, possible) + _log_choose(of_others, all_hits - possible) - _log_choose(everything, all_hits)
    seen = logs[hits - possible[0]]
    return float(min(1.0, np.exp(logs[logs <= seen + 1e-7]).sum()))


def _log_choose(n: int, k: np.ndarray | int) -> np.ndarray:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(np.add(k, 1)) - special.gammaln(n - np.asarray(k) + 1))


def dispersion_of_rate(hits: np.ndarray, of: np.ndarray) -> float:
    """Pearson's chi-square of the days' rates over its degrees of freedom, at least 1: how much more than a binomial's
    they scatter."""
    some = of > 0
    hits, of = hits[some], of[some]
    rate = hits.sum() / max(of.sum(), 1)
    if len(of) < 2 or rate in (0.0, 1.0):
        return 1.0
    return float(max(1.0, ((hits - of * rate) ** 2 / (of * rate * (1 - rate))).sum() / (len(of) - 1)))


def benjamini_hochberg(ps: Sequence[float]) -> np.ndarray:
    """q of each p: the least false discovery rate at which it would be found (Benjamini & Hochberg 1995)."""
    order = np.argsort(ps, kind="stable")
    scaled = np.asarray(ps, dtype=float)[order] * len(ps) / np.arange(1, len(ps) + 1)
    qs = np.empty(len(ps))
    qs[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return qs
