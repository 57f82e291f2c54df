"""The browsers that shoppers use and the ways by which they come, as the engine would report them."""

from random import Random
from typing import Any, TypeVar

import msgspec

from gooddata import __version__

T = TypeVar("T")

_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1"


class Browser(msgspec.Struct, frozen=True):
    """`width` and `height` are the screen's, in CSS pixels; `touch` says that there is no mouse."""

    agent: str
    width: int
    height: int
    touch: bool = False


_DESKTOPS = {
    Browser(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36", 1920, 1080): 8,
    Browser(f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI} Safari/605.1.15", 1512, 982): 4,
    Browser(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36 Edg/142.0.0.0", 1536, 864): 3,
    Browser("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 1920, 1200): 2,
}
_IOS = f"like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1"
_PHONES = {
    Browser(f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 {_IOS}", 393, 852, touch=True): 6,
    Browser(f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME} Mobile Safari/537.36", 412, 915, touch=True): 6,
    Browser(f"Mozilla/5.0 (iPad; CPU OS 18_7 {_IOS}", 820, 1180, touch=True): 1,
}
_LOCALES = {"en-GB": 5, "de-DE": 5, "en-US": 4, "fr-FR": 3, "nl-NL": 2, "ja-JP": 1}
_CAMPAIGNS = {
    "newsletter": {"source": "newsletter", "medium": "email", "name": "autumn-letter"},
    "ads": {"source": "google", "medium": "cpc", "name": "teapots"},
    "comparison": {"source": "pricepoint", "medium": "referral", "name": "tea-deals"},
}
_REFERRERS = {
    "search": {"https://www.google.com/": 8, "https://duckduckgo.com/": 1, "https://www.bing.com/": 1},
    "social": {"https://l.instagram.com/": 5, "https://www.pinterest.com/": 3, "https://www.reddit.com/": 2},
    "ads": {"https://www.google.com/": 1},
    "comparison": {"https://pricepoint.example/": 1},
}


def pick(rng: Random, weights: dict[T, float] | dict[T, int]) -> T:
    """One of the keys, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def choose_browser(rng: Random, phones: float) -> tuple[Browser, str]:
    """A browser, on a telephone or tablet with probability `phones`, and its locale."""
    return pick(rng, _PHONES if rng.random() < phones else _DESKTOPS), pick(rng, _LOCALES)


def referrer_of(rng: Random, source: str) -> str | None:
    return pick(rng, _REFERRERS[source]) if source in _REFERRERS else None


def visit_context(browser: Browser, locale: str, source: str, vector_version: int) -> dict[str, Any]:
    """The context that all events of a visit share. It says that the visit is simulated."""
    context: dict[str, Any] = {
        "userAgent": browser.agent,
        "locale": locale,
        "screen": {"width": browser.width, "height": browser.height},
        "library": {"name": "gooddata-shoppers", "version": __version__},
        "vector_version": vector_version,
        "simulated": True,
    }
    if source in _CAMPAIGNS:
        context["campaign"] = _CAMPAIGNS[source]
    return context
