"""Numbers in buckets that a person would choose."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np

# About so many between the edges, which leave the least and the greatest hundredth of numbers to open buckets.
_WANTED = 12
_TAIL = 1.0


def summary(numbers: Sequence[float]) -> dict[str, Any]:
    """Sum, mean, min, max, median of one number or more, whether all are `whole`, and `buckets` of equal width, each
    `from` (null: all below) up to and without `to` (null: all above), with how many there are."""
    own = np.sort(np.asarray(numbers, "f8"))
    is_whole = bool((own == np.floor(own)).all())
    return {
        "sum": float(own.sum()),
        "mean": float(own.mean()),
        "min": float(own[0]),
        "max": float(own[-1]),
        "median": float(np.median(own)),
        "whole": is_whole,
        "buckets": _buckets(own, is_whole),
    }


def _buckets(own: np.ndarray[Any, np.dtype[np.float64]], is_whole: bool) -> list[dict[str, Any]]:
    low, high = np.percentile(own, [_TAIL, 100 - _TAIL], method="nearest")
    step = _round(float(high - low) / _WANTED or abs(float(high)) / _WANTED or 1.0)
    if is_whole:
        step = max(1.0, step) if step != 2.5 else 2.0
    first, last = floor(low / step), floor(high / step) + 1
    edges = [number * step for number in range(first, last + 1)]
    # Where little lies beyond, two buckets more say it better than open ones.
    below, above = floor(own[0] / step), floor(own[-1] / step) + 1
    if first - below + above - last <= 2:
        edges = [number * step for number in range(below, above + 1)]
    counts = np.diff(np.searchsorted(own, edges, side="left"))
    found: list[dict[str, Any]] = [
        {"from": _neat(a), "to": _neat(b), "count": int(count)}
        for a, b, count in zip(edges, edges[1:], counts, strict=False)
    ]
    under, over = int(np.searchsorted(own, edges[0])), len(own) - int(np.searchsorted(own, edges[-1]))
    if under:
        found.insert(0, {"from": None, "to": _neat(edges[0]), "count": under})
    if over:
        found.append({"from": _neat(edges[-1]), "to": None, "count": over})
    return found


def _round(width: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten that is not less."""
    power = 10.0 ** floor(log10(width))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= width * (1 - 1e-9))


def _neat(number: float) -> float:
    """Without the dust of binary fractions: 0.3, not 0.30000000000000004."""
    digits = 6 - ceil(log10(abs(number))) if number else 6
    return round(number, max(digits, 0))
