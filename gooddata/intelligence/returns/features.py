"""The features of a history of visits or purchases, defined once: recency, frequency, rhythm, and what was spent.

Recency and frequency are the sufficient statistics of the BG/NBD model (Fader, Hardie and Lee 2005); sums of weights
that halve with age say how lively somebody was lately.
"""

from collections.abc import Sequence
from math import exp, log, nan

import numpy as np

from gooddata.intelligence.scoring.propensity import Matrix

# In the order in which `features` has them. `{times}` and `{time}` are what is counted: visits, or purchases.
MEANINGS = {
    "times": "how many {times}",
    "age_days": "days since the first {time}",
    "recency_days": "days since the last {time}",
    "recency_share": "days since the last {time} as a share of those since the first",
    "span_days": "days from the first {time} to the last",
    "mean_gap_days": "mean days between {times}",
    "gap_deviation_days": "how uneven the days between {times} are",
    "last_gap_days": "days between the last two {times}",
    "longest_gap_days": "longest time between {times}, in days",
    "gaps_waited": "time since the last {time}, in mean gaps between {times}",
    "deviations_waited": "how much longer than usual the time since the last {time} is",
    "rate": "{times} a day",
    "amount": "what all {times} brought in",
    "mean_amount": "what a {time} brings in",
    "first_amount": "what the first {time} brought in",
    "last_amount": "what the last {time} brought in",
    "largest_amount": "what the best {time} brought in",
    "items": "goals or items of all {times}",
    "lively_month": "{times} lately, half as much with every 3 weeks",
    "lively_quarter": "{times} lately, half as much with every 9 weeks",
    "lively_half_year": "{times} lately, half as much with every 18 weeks",
    "amount_lively": "what {times} brought in lately, half as much with every 9 weeks",
    "times_month": "{times} in the last 4 weeks",
    "times_quarter": "{times} in the last 13 weeks",
}
NAMES = tuple(MEANINGS)

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
