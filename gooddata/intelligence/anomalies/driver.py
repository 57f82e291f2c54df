"""Which value of a dimension accounts for a deviation (explanatory power and surprise, as in Bhagwan et al. 2014)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

CLEAR = 0.15


class Driver(msgspec.Struct, frozen=True):
    """`share` of the deviation comes from that value, 1 is all of it."""

    dimension: str
    value: str
    share: float


def driver(rows: Sequence[Mapping[str, Any]], measure: str) -> Driver | None:
    """The value whose share of the deviation exceeds its usual share of the total by most; None where none stands out:
    where all have changed alike, nothing drives."""
    total = next((row for row in rows if row["dimension"] == ""), None)
    if total is None:
        return None
    usual = total[f"usual_{measure}"]
    deviation = total[measure] - usual
    if not usual or not deviation:
        return None
    shares = [
        (
            (row[measure] - row[f"usual_{measure}"]) / deviation,
            row[f"usual_{measure}"] / usual,
            row["dimension"],
            row["value"],
        )
        for row in rows
        if row["dimension"]
    ]
    share, expected, dimension, value = max(
        shares, key=lambda each: (each[0] - each[1], each[2], each[3]), default=(0.0, 0.0, "", "")
    )
    return Driver(dimension, value, min(share, 1.0)) if share - expected >= CLEAR else None
