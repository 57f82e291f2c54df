"""How fast the shop is for a visitor: Web Vitals of the document that a visit loads, as the engine measures them."""

from math import log
from random import Random
from typing import Any

from gooddata.replay.shoppers.browser import Browser

_LCP_MS = {"home": 1_300, "category": 1_700, "product": 2_500}
"""Medians of what is landed on; a product's picture is large."""
_SHIFT = {"home": 0.01, "category": 0.07, "product": 0.02, "cart": 0.01, "checkout": 0.03, "thanks": 0.0}
"""Means of the layout shifts of a page."""
_INP_MS = {"home": 56, "category": 88, "product": 72, "cart": 80, "checkout": 180, "thanks": 56}
"""Medians of the slowest interaction with a page."""
_SPREAD = 0.4
_ON_A_PHONE = 1.35
_STEP_MS = 8
"""Browsers round the duration of interactions."""


class Vitals:
    """`see` each page of the visit; then `numbers` has the vector's, and `changed` what there is to report."""

    def __init__(self, rng: Random, browser: Browser, landing: str) -> None:
        self._rng = rng
        self._slowness = _ON_A_PHONE if browser.touch else 1.0
        # What browsers measure: layout shifts only those of Chromium, and the engine reports 0 for the others.
        self._is_safari, self._is_firefox = "Version/" in browser.agent, "Firefox/" in browser.agent
        lcp = self._around(_LCP_MS[landing])
        self._ttfb, self._fcp = round(0.2 * lcp, 1), round(0.7 * lcp, 1)
        self._lcp = None if self._is_safari else round(lcp, 1)
        self._cls = 0.0
        self._inp: int | None = None
        self._reported: dict[str, Any] = {}

    def see(self, kind: str) -> None:
        """A page is opened and used."""
        if _SHIFT[kind] and not self._is_safari and not self._is_firefox:
            self._cls = max(self._cls, round(self._rng.expovariate(1 / _SHIFT[kind]), 4))
        if not self._is_safari and self._rng.random() < 0.8:
            slowest = _STEP_MS * round(self._around(_INP_MS[kind]) / _STEP_MS)
            self._inp = max(self._inp or 0, slowest)

    def numbers(self) -> dict[str, float]:
        return {"lcp_ms": self._lcp or 0, "cls_milli": self._cls * 1_000, "inp_ms": self._inp or 0}

    def changed(self) -> dict[str, Any] | None:
        """What the engine reports when the page is hidden or left; None if it has reported the same before."""
        known = {"inp_ms": self._inp, "lcp_ms": self._lcp}
        values = {"cls": self._cls, "ttfb_ms": self._ttfb, "fcp_ms": self._fcp} | {
            name: value for name, value in known.items() if value is not None
        }
        if values == self._reported:
            return None
        self._reported = values
        return values

    def _around(self, median: float) -> float:
        return self._rng.lognormvariate(log(median * self._slowness), _SPREAD)
