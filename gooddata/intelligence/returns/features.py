"""The features of a history of visits or purchases, defined once: recency, frequency, rhythm, and what was spent.

Recency and frequency are the sufficient statistics of the BG/NBD model (Fader, Hardie and Lee 2005); sums of weights
that halve with age say how lively somebody was lately.
"""

from collections.abc import Sequence
from math import exp, log, nan

import numpy as np

from gooddata.intelligence.scoring.propensity import Matrix

NAMES = (
    "times",
    "age_days",
    "recency_days",
    "recency_share",
    "span_days",
    "mean_gap_days",
    "gap_deviation_days",
    "last_gap_days",
    "longest_gap_days",
    "gaps_waited",
    "deviations_waited",
    "rate",
    "amount",
    "mean_amount",
    "first_amount",
    "last_amount",
    "largest_amount",
    "items",
    "lively_month",
    "lively_quarter",
    "lively_half_year",
    "amount_lively",
    "times_month",
    "times_quarter",
)

Time = tuple[float, float, float]  # day, amount, items


def features(history: Sequence[Time], now: float) -> list[float]:
    """Features in the order of NAMES, of one or more times of a person in order, none after the day `now`."""
    days = [day for day, _, _ in history]
    amounts = [amount for _, amount, _ in history]
    gaps = np.diff(days)
    age, recency, times = now - days[0], now - days[-1], len(days)
    mean_gap = float(gaps.mean()) if times > 1 else nan
    deviation = float(gaps.std()) if times > 2 else nan
    return [
        times,
        age,
        recency,
        recency / max(age, 1.0),
        days[-1] - days[0],
        mean_gap,
        deviation,
        float(gaps[-1]) if times > 1 else nan,
        float(gaps.max()) if times > 1 else nan,
        recency / (mean_gap + 1.0),
        (recency - mean_gap) / (deviation + 7.0),
        times / (age + 30.0),
        sum(amounts),
        sum(amounts) / times,
        amounts[0],
        amounts[-1],
        max(amounts),
        sum(items for _, _, items in history),
        *(sum(_weight(now - day, half_life) for day in days) for half_life in (21.0, 63.0, 126.0)),
        sum(amount * _weight(now - day, 63.0) for day, amount, _ in history),
        sum(now - day < 28 for day in days),
        sum(now - day < 91 for day in days),
    ]


def matrix(histories: Sequence[Sequence[Time]], now: float) -> Matrix:
    """Features (n, len(NAMES)) of several people."""
    return np.array([features(history, now) for history in histories], dtype=np.float64).reshape(-1, len(NAMES))


def _weight(age: float, half_life: float) -> float:
    return exp(-log(2.0) * age / half_life)
