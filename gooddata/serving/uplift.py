"""How much better it went for those who were shown something than for those held out, and how sure that is."""

from math import sqrt
from typing import Any

import msgspec

Z = 1.959963984540054  # of a 95% interval
LEAST = 30  # visitors on each side, below which nothing is said of a difference

Interval = tuple[float, float]


class Side(msgspec.Struct, frozen=True):
    """Visitors who were shown something, or would have been; how many of them converted afterwards."""

    visitors: int
    converted: int
    clicked: int = 0
    dismissed: int = 0

    @property
    def rate(self) -> float | None:
        return self.converted / self.visitors if self.visitors else None


def wilson(converted: int, visitors: int) -> Interval:
    """The 95% score interval of a share (Wilson 1927); everything from 0 to 1 of nobody."""
    if not visitors:
        return 0.0, 1.0
    share, square = converted / visitors, Z * Z / visitors
    middle, reach = share + square / 2, Z * sqrt(share * (1 - share) / visitors + square / (4 * visitors))
    low = (middle - reach) / (1 + square) if converted else 0.0
    high = (middle + reach) / (1 + square) if converted < visitors else 1.0
    return low, high


def newcombe(one: Side, other: Side) -> Interval:
    """The 95% interval of the difference of two shares, one - other, from their score intervals (Newcombe 1998,
    method 10)."""
    low, high = wilson(one.converted, one.visitors)
    other_low, other_high = wilson(other.converted, other.visitors)
    share, other_share = one.rate or 0.0, other.rate or 0.0
    difference = share - other_share
    return (
        difference - sqrt((share - low) ** 2 + (other_high - other_share) ** 2),
        difference + sqrt((high - share) ** 2 + (other_share - other_low) ** 2),
    )


def compared(shown: Side, holdout: Side) -> dict[str, Any]:
    """The difference between the sides in words and numbers; without numbers where too few say anything."""
    reason = _too_few(shown, holdout)
    told: dict[str, Any] = {"shown": _side(shown), "holdout": _side(holdout)}
    if reason is not None:
        return told | {"uplift": None, "interval": None, "relative": None, "verdict": "unknown", "reason": reason}
    difference = (shown.rate or 0.0) - (holdout.rate or 0.0)
    low, high = newcombe(shown, holdout)
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference seen"
    relative = difference / holdout.rate if holdout.rate else None
    return told | {
        "uplift": difference,
        "interval": [low, high],
        "relative": relative,
        "verdict": verdict,
        "reason": None,
    }


def _side(side: Side) -> dict[str, Any]:
    interval = list(wilson(side.converted, side.visitors)) if side.visitors else None
    return msgspec.structs.asdict(side) | {"rate": side.rate, "interval": interval}


def _too_few(shown: Side, holdout: Side) -> str | None:
    if not holdout.visitors:
        return "nobody was held out: it takes a share (gooddata project holdout) and pages that log variant holdout"
    few = [
        f"{side.visitors} {name}" for name, side in (("shown", shown), ("held out", holdout)) if side.visitors < LEAST
    ]
    return f"needs {LEAST} visitors on each side; there are {' and '.join(few)}" if few else None
