"""What there is, and how often: pages, sources, campaigns, countries, devices, browsers, kinds of events, hours."""

from functools import cache

import msgspec
import numpy as np

PATHS, PRODUCTS = 5_000, 2_000
_FRONT = ["/", "/products", "/pricing", "/cart", "/search", "/signup", "/blog", "/help", "/checkout", "/about"]
_SECTIONS = ("products", "products", "products", "blog", "categories", "help")
_FIRST = ("amber", "birch", "clover", "dusk", "ember", "fern", "garnet", "hazel", "indigo", "juniper")
_SECOND = ("kettle", "lamp", "mug", "notebook", "oven", "pillow", "quilt", "rug", "shelf", "teapot")

# An empty source is a visit that came directly.
SOURCES = [
    "", "google", "instagram", "newsletter", "bing", "facebook", "pinterest", "duckduckgo", "youtube", "reddit",
    "tiktok", "x", "linkedin", "yahoo", "ecosia", "pricepoint.example", "teablog.example", "partner.example",
    "baidu", "yandex",
]  # fmt: skip
CAMPAIGNS = [""] + [f"{season}-{what}" for season in ("spring", "summer", "autumn", "winter", "always")
                    for what in ("sale", "letter", "teapots", "rugs", "brand", "return")]  # fmt: skip
_CODES = (
    "DEUSGBFRNLATCHBEITESPLSEDKNOFIIEPTCZHUROGRBGHRSKSILTLVEELUCYISUATRILAESAEGZANGKEMA"
    "INPKBDCNJPKRTWHKSGMYTHVNIDPHAUNZCAMXBR"
)
COUNTRIES = ["", *(_CODES[place : place + 2] for place in range(0, len(_CODES), 2))]
DEVICES = ["mobile", "desktop", "tablet"]
BROWSERS = ["Chrome", "Safari", "Firefox", "Edge", "Samsung Internet", "Opera"]
CATEGORIES = [f"{first} goods" for first in _FIRST]


class Kind(msgspec.Struct, frozen=True):
    """A kind of event, its share of all, and whether it is a goal and carries the engine's vector."""

    type: str
    name: str | None
    share: float
    goal: bool = False
    measured: bool = False
    about_product: bool = False


# From STEPS on they are steps to an order: within a session they come in this order.
KINDS = [
    Kind("page", None, 0.700),
    Kind("track", "$click", 0.128, measured=True),
    Kind("track", "$engagement", 0.100, measured=True),
    Kind("track", "$rage_click", 0.002, measured=True),
    Kind("track", "$error", 0.001),
    Kind("track", "Signed Up", 0.003, goal=True),
    Kind("track", "Product Viewed", 0.030, about_product=True),
    Kind("track", "Product Added", 0.022, about_product=True),
    Kind("track", "Checkout Started", 0.008),
    Kind("track", "Order Completed", 0.006, goal=True),
]
PAGE, CLICK, ENGAGEMENT, STEPS, ORDER = 0, 1, 2, 6, 9
GOALS = [kind.name for kind in KINDS if kind.goal and kind.name]
VECTORS = 256  # so many different ones are enough: nothing is asked of them here

# Of the (UTC) day, and of the week from Monday on.
HOURS = np.array([14, 9, 6, 5, 5, 8, 16, 28, 40, 48, 52, 55, 58, 56, 54, 55, 58, 64, 72, 80, 84, 76, 54, 30], float)
WEEKDAYS = np.array([1.0, 1.02, 1.0, 0.97, 0.92, 0.8, 0.9])


@cache
def paths() -> list[str]:
    """The pages, the most viewed first; none has anything in it that would be scrubbed."""
    return _FRONT + [
        f"/{_SECTIONS[n % len(_SECTIONS)]}/{_FIRST[n % 10]}-{_SECOND[n // 10 % 10]}-{n}"
        for n in range(PATHS - len(_FRONT))
    ]


def zipf(number: int, power: float, first: float = 0.0) -> np.ndarray:
    """Chances of `number` things, cumulated, of which the n-th is as likely as n^-power; `first`: that of the first one
    besides."""
    weights = np.arange(1, number + 1) ** -power
    if first:
        weights[0] = first / (1 - first) * weights[1:].sum()
    return cumulated(weights)


def cumulated(weights: np.ndarray) -> np.ndarray:
    chances = np.cumsum(weights) / np.sum(weights)
    chances[-1] = 1.0
    return chances


def draw(rng: np.random.Generator, chances: np.ndarray, number: int) -> np.ndarray:
    """Places in `chances`, each as often as these say."""
    return np.searchsorted(chances, rng.random(number), side="right")


PAGE_CHANCES = zipf(PATHS, 1.05)
ENTRY_CHANCES = zipf(PATHS, 1.1, first=0.35)
PRODUCT_CHANCES = zipf(PRODUCTS, 0.9)
SOURCE_CHANCES = zipf(len(SOURCES), 1.1)
CAMPAIGN_CHANCES = zipf(len(CAMPAIGNS), 1.0, first=0.8)
COUNTRY_CHANCES = cumulated(np.concatenate([[0.015], 0.985 * np.diff(zipf(len(COUNTRIES) - 1, 1.2), prepend=0)]))
KIND_CHANCES = cumulated(np.array([kind.share for kind in KINDS]))
# By device.
BROWSER_CHANCES = np.array(
    [cumulated(np.array(shares)) for shares in ([46, 34, 3, 2, 13, 2], [58, 12, 11, 16, 0.1, 3], [30, 55, 4, 3, 7, 1])]
)
DEVICE_CHANCES = cumulated(np.array([0.58, 0.36, 0.06]))
