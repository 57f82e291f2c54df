"""What goes wrong for a shopper on a page, and how it shows: dead buttons, hammering, scripts that fail."""

from random import Random
from typing import Any

import msgspec

_FAILING = {"home": 0.03, "category": 0.05, "product": 0.06, "cart": 0.12, "checkout": 0.22, "thanks": 0.0}
"""How often such a page fails somebody who finds their way; more often for who does not."""
_BETWEEN_MS = 5_000
_BUTTON = {"tag": "button", "path": "main>section>button"}
_SIGNS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("$dead_click", "dead_clicks", _BUTTON),
    ("$rage_click", "rage_clicks", _BUTTON),
    ("$error", "errors", {"kind": "error", "message": "Uncaught TypeError: * is not a function", "line": 1}),
)


class Trouble(msgspec.Struct, frozen=True):
    """A sign of it, `at` milliseconds into the page view: an event of the engine, counted by `field` of the vector."""

    at: int
    event: str
    field: str
    properties: dict[str, Any]


def troubles(rng: Random, kind: str, wander: float, until: int) -> list[Trouble]:
    """Those on one view of a page of that kind, before `until`: mostly none, and seldom only one."""
    if rng.random() >= _FAILING[kind] * (0.6 + wander):
        return []
    found: list[Trouble] = []
    at = rng.uniform(0.1, 0.5) * until
    while at < until - 1:
        found.append(Trouble(round(at), *rng.choice(_SIGNS)))
        at += rng.expovariate(1 / _BETWEEN_MS)
    return found
