"""Web Vitals and their bounds, those of https://web.dev/articles/vitals: what is judged is the 75th percentile."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Vital(msgspec.Struct, frozen=True):
    """`good` and `poor` are in the unit of the engine's vector; an answer has it divided by `scale`."""

    column: str
    name: str
    good: float
    poor: float
    scale: int = 1

    def rating(self, value: float | None) -> str | None:
        """Good up to its bound, and poor past the other."""
        if value is None:
            return None
        return "good" if value <= self.good else "poor" if value > self.poor else "needs improvement"


VITALS = (
    Vital("lcp", "lcp_ms", 2_500, 4_000),
    Vital("cls", "cls", 100, 250, 1_000),
    Vital("inp", "inp_ms", 200, 500),
)


def told_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Of each vital the percentile, of how many page views it is, and how good that is."""
    return {
        vital.name: {
            "p75": None if row[vital.column] is None else row[vital.column] / vital.scale,
            "measured": row[f"{vital.column}_measured"],
            "rating": vital.rating(row[vital.column]),
        }
        for vital in VITALS
    }
