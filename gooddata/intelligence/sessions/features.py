"""Every feature of a session, defined once: for training and for scoring alike.

A feature is read from a SessionState, so it sees the facts that the session had by then and nothing later. NaN says
that there is nothing to tell. docs/intelligence.md lists these rows; a test compares.
"""

from collections.abc import Callable
from math import nan
from operator import itemgetter
from typing import Any

import msgspec

from gooddata.intelligence.facts.source import SEARCH, SOCIAL
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.sessions.state import MONEY, NEVER, SessionState


class Feature(msgspec.Struct, frozen=True):
    """`value` reads it from a SessionState, or from the session's newest vector; `source` names the events behind it.

    `unit` is a unit, or count, yes (1 or 0) or code.
    """

    name: str
    unit: str
    meaning: str
    source: str
    value: Callable[[Any], float]


def _size(seen: set[str] | None) -> int:
    return len(seen) if seen is not None else 0


OF_SESSIONS: tuple[Feature, ...] = (
    Feature("events", "count", "events so far", "all", lambda s: s.events),
    Feature("pageviews", "count", "page views so far", "page, screen", lambda s: s.pageviews),
    Feature("paths", "count", "different paths seen, 200 at most", "all with a path", lambda s: _size(s.paths)),
    Feature("clicks", "count", "clicks so far", "$click", lambda s: s.clicks),
    Feature("interactions", "count", "clicks and events that the site itself tracks", "track",
            lambda s: s.interactions),
    Feature("product_views", "count", "product views so far", "Product Viewed", lambda s: s.product_views),
    Feature("products", "count", "different products viewed, 200 at most", "Product Viewed",
            lambda s: _size(s.products)),
    Feature("product_repeats", "count", "product views beyond the first of each product", "Product Viewed",
            lambda s: s.product_views - _size(s.products)),
    Feature("categories", "count", "different categories seen, 200 at most", "all with a category",
            lambda s: _size(s.categories)),
    Feature("list_views", "count", "product lists viewed", "Product List Viewed", lambda s: s.list_views),
    Feature("adds", "count", "things put into the cart", "Product Added", lambda s: s.adds),
    Feature("removes", "count", "things taken out of the cart", "Product Removed", lambda s: s.removes),
    Feature("cart_views", "count", "cart views", "Cart Viewed", lambda s: s.cart_views),
    Feature("checkouts", "count", "checkouts started", "Checkout Started", lambda s: s.checkouts),
    Feature("value_seen", "money", "value of what was viewed", "Product Viewed", lambda s: s.value_seen / MONEY),
    Feature("dearest", "money", "value of the dearest thing viewed", "Product Viewed", lambda s: s.dearest / MONEY),
    Feature("value_added", "money", "value of what was put into the cart", "Product Added",
            lambda s: s.value_added / MONEY),
    Feature("since_start_ms", "ms", "from the session's first event to its newest", "all",
            lambda s: s.last_at - s.started_at),
    Feature("since_add_ms", "ms", "from the first thing put into the cart to the newest event", "Product Added",
            lambda s: s.last_at - s.first_add_at if s.first_add_at is not None else nan),
    Feature("last_gap_ms", "ms", "between the newest event and the one before", "all",
            lambda s: s.last_at - s.previous_at if s.previous_at != NEVER else nan),
    Feature("mean_gap_ms", "ms", "mean time between events", "all",
            lambda s: (s.last_at - s.started_at) / (s.events - 1) if s.events > 1 else nan),
    Feature("engaged_ms", "ms", "engaged time reported so far", "$engagement", lambda s: s.engaged_ms),
    Feature("scroll", "percent", "deepest scroll of any page so far", "$engagement, $scroll", lambda s: s.scroll),
    Feature("hour", "h", "hour of the day (UTC) of the newest event", "all", lambda s: s.last_at % DAY_MS / HOUR_MS),
    Feature("weekday", "code", "day of the week (UTC) of the newest event, Monday is 0", "all",
            lambda s: (s.last_at // DAY_MS + 3) % 7),
    Feature("earlier_sessions", "count", "sessions of this visitor before", "all, of earlier sessions",
            lambda s: s.history.sessions),
    Feature("earlier_conversions", "count", "those of them with a goal", "goals, of earlier sessions",
            lambda s: s.history.converted),
    Feature("days_since_visit", "days", "from the end of the session before to the start of this one",
            "all, of earlier sessions",
            lambda s: (s.started_at - s.history.last_at) / DAY_MS if s.history.last_at is not None else nan),
    Feature("from_search", "yes", "came from a search engine", "the entry's referrer or campaign",
            lambda s: s.entry[1] in SEARCH),
    Feature("from_social", "yes", "came from a social network", "the entry's referrer or campaign",
            lambda s: s.entry[1] in SOCIAL),
    Feature("from_elsewhere", "yes", "came from any other site or campaign", "the entry's referrer or campaign",
            lambda s: s.entry[1] is not None and s.entry[1] not in SEARCH and s.entry[1] not in SOCIAL),
    Feature("from_campaign", "yes", "came by a named campaign", "the entry's campaign",
            lambda s: s.entry[2] is not None),
    Feature("on_mobile", "yes", "on a telephone", "the entry's user agent", lambda s: s.entry[3] == "mobile"),
    Feature("on_tablet", "yes", "on a tablet", "the entry's user agent", lambda s: s.entry[3] == "tablet"),
    Feature("automated", "yes", "says of itself that it is a program", "any event's context", lambda s: s.automated),
)  # fmt: skip

OF_VECTORS = tuple(
    Feature(f"vector.{field.name}", field.unit, field.meaning, "the engine's newest vector", itemgetter(place))
    for place, field in enumerate(FIELDS.fields)
)

FEATURES = (*OF_SESSIONS, *OF_VECTORS)

# What is one thing in several features, which can stand in for one another: a name, its meaning, the features.
TOGETHER = (
    ("source", "where the visit came from", ("from_search", "from_social", "from_elsewhere")),
    ("device", "on what sort of device", ("on_mobile", "on_tablet")),
    ("vector", "what the engine measures on the page view", tuple(feature.name for feature in OF_VECTORS)),
)
NAMES = tuple(feature.name for feature in FEATURES)

_READ = tuple(feature.value for feature in OF_SESSIONS)
_NO_VECTOR = [nan] * len(OF_VECTORS)


def features(state: SessionState) -> list[float]:
    """The session's features now, in the order of NAMES."""
    return [read(state) for read in _READ] + (state.vector or _NO_VECTOR)
