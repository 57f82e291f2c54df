"""What goes wrong for a shopper on a page, and how it shows: dead buttons, hammering, scripts that fail."""

from random import Random
from typing import Any

import msgspec

from gooddata.replay.shoppers.browser import pick
from gooddata.replay.shoppers.elements import TROUBLESOME, described

_FAILING = {"home": 0.03, "category": 0.05, "product": 0.06, "cart": 0.12, "checkout": 0.22, "thanks": 0.0}
"""How often such a page fails somebody who finds their way; more often for who does not."""
_BETWEEN_MS = 5_000
_SIGNS: dict[str, str] = {
    "$dead_click": "dead_clicks",
    "$rage_click": "rage_clicks",
    "$error": "errors",
    "$cursor_thrash": "cursor_thrashes",
}
_ERROR = {"kind": "error", "message": "Uncaught TypeError: * is not a function", "line": 1}


class Trouble(msgspec.Struct, frozen=True):
    """A sign of it, `at` milliseconds into the page view: an event of the engine, counted by `field` of the vector."""

    at: int
    event: str
    field: str
    properties: dict[str, Any]


def troubles(rng: Random, kind: str, wander: float, until: int, touch: bool) -> list[Trouble]:
    """Those on one view of a page of that kind, before `until`: mostly none, and seldom only one. On a `touch` screen
    no cursor is shaken."""
    if rng.random() >= _FAILING[kind] * (0.6 + wander):
        return []
    found: list[Trouble] = []
    names = [name for name in _SIGNS if not (touch and name == "$cursor_thrash")]
    at = rng.uniform(0.1, 0.5) * until
    while at < until - 1:
        name = rng.choice(names)
        found.append(Trouble(round(at), name, _SIGNS[name], _properties(rng, name, kind)))
        at += rng.expovariate(1 / _BETWEEN_MS)
    return found


def _properties(rng: Random, name: str, kind: str) -> dict[str, Any]:
    if name.endswith("_click"):
        return described(pick(rng, TROUBLESOME[kind]))
    return _ERROR if name == "$error" else {}
