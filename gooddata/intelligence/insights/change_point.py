"""Since when: the one moment that best splits a series in two."""

import numpy as np

HOURS_OF_WEEK = 168


def change_point(series: np.ndarray) -> int:
    """Where the mean changes: the first place of the new one, by the greatest cumulative sum of deviations from the
    mean, weighted for its place (Page 1954; Hinkley 1970). `series` (n >= 4,)."""
    n = len(series)
    sums = np.cumsum(series - series.mean())[:-1]
    at = np.arange(1, n)
    return int(np.argmax(np.abs(sums) / np.sqrt(at * (n - at) / n))) + 1


def hours_ago(hourly: np.ndarray, search: int) -> int:
    """How many hours before its end a series (hours,) changed, looked for in the last `search` hours.

    What is split are square roots less those expected at that hour of the week, of the whole weeks before the search.
    Where there is less than 5 an hour, days are split, and the answer is a whole number of days.
    """
    skipped = (search - 1) // HOURS_OF_WEEK
    weeks = (len(hourly) - search) // HOURS_OF_WEEK - skipped
    back = np.arange(search, 0, -1)
    step = 1 if hourly[-search:].mean() >= 5 or search < 96 else 24
    expected = np.zeros(search)
    for week in range(1, weeks + 1):
        expected += hourly[len(hourly) - back - HOURS_OF_WEEK * (week + skipped)] / weeks
    seen = hourly[-search:].reshape(-1, step).sum(axis=1)
    return search - step * change_point(np.sqrt(seen) - np.sqrt(expected.reshape(-1, step).sum(axis=1)))


def hours_ago_of_rate(hits: np.ndarray, of: np.ndarray, search: int) -> int:
    """The same of hits / of, both (hours,): what is split is what there was beyond the rate before the search, each
    hour by its weight."""
    rate = hits[:-search].sum() / max(of[:-search].sum(), 1)
    beyond = hits[-search:] - rate * of[-search:]
    return search - change_point(beyond / np.sqrt(np.maximum(of[-search:], 1)))
