"""A session as it grows. It is a function of the set of its facts: the order of their arrival leaves no trace."""

from typing import Any

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import CLICKS, PAGE_VIEWS, Fact
from gooddata.intelligence.sessions.history import History

# How many different products, categories and paths are told apart; a session that sees more counts as seeing so many.
DISTINCT = 200

# Whole numbers add up to the same sum in any order, which floating point does not.
MONEY = 10_000

NEVER = -(1 << 62)
NOBODY = UUID(bytes(16))

Attributes = tuple[str | None, ...]  # path, source, campaign, device, browser, country


def money(amount: float) -> int:
    """An amount in MONEY-ths."""
    return round(amount * MONEY)


def is_interaction(fact: Fact) -> bool:
    """Whether a visitor did something with the page: clicked, or what the site itself tracks."""
    return fact.type == "track" and (fact.name is None or not fact.name.startswith("$") or fact.name in CLICKS)


def entry_key(fact: Fact) -> tuple[bool, int, UUID]:
    """The least of these among a session's facts is where it was entered: a page view if there is one."""
    return fact.type not in PAGE_VIEWS, fact.at, fact.event_id


def attributes(fact: Fact) -> Attributes:
    """What a session has of the fact it was entered by: path, source, campaign, device, browser, country."""
    return fact.path, fact.source, fact.campaign, fact.device, fact.browser, fact.country


class SessionState:
    """Grows by `update(fact)`; features (features.py) and the rows of tables are read from it.

    Times are epoch milliseconds, amounts of money whole numbers of MONEY-ths. `previous_at` is the time of the event
    before the last, or NEVER.
    """

    __slots__ = (
        "adds", "automated", "cart_views", "categories", "checkouts", "clicks", "dearest", "engaged_ms",
        "entry", "entry_key", "events", "first_add_at", "goals", "history", "interactions", "last_at", "last_event",
        "last_path", "last_path_key", "list_views", "pageviews", "paths", "previous_at", "product_views", "products",
        "project", "received_at", "removes", "revenue", "scroll", "session_id", "simulated", "started_at",
        "value_added", "value_seen", "vector", "vector_key", "visitor",
    )  # fmt: skip

    def __init__(self, session_id: UUID, history: History, first: Fact) -> None:
        self.session_id = session_id
        self.history = history
        self.project = first.project_id
        self.visitor = first.visitor
        self.started_at = first.at
        self.last_at = self.previous_at = NEVER
        self.last_event = NOBODY
        self.last_path: str | None = None
        self.last_path_key = (NEVER, NOBODY)
        self.entry = attributes(first)
        self.entry_key = entry_key(first)
        self.events = self.pageviews = self.clicks = self.interactions = self.goals = 0
        self.revenue = self.engaged_ms = 0
        self.scroll = 0.0
        self.product_views = self.list_views = self.adds = self.removes = self.cart_views = self.checkouts = 0
        self.first_add_at: int | None = None
        self.value_seen = self.value_added = self.dearest = 0
        self.products: set[str] | None = None
        self.categories: set[str] | None = None
        self.paths: set[str] | None = None
        self.vector: list[float] | None = None
        self.vector_key = (NEVER, NOBODY)
        self.simulated = self.automated = False
        self.received_at = 0
        self.update(first)

    def update(self, fact: Fact) -> None:
        """Takes in one more fact of this session."""
        at = fact.at
        kind = fact.type
        name = fact.name
        if at > self.last_at:
            self.previous_at = self.last_at
            self.last_at = at
            self.last_event = fact.event_id
        elif at == self.last_at:
            self.previous_at = at
            if fact.event_id > self.last_event:
                self.last_event = fact.event_id
        elif at > self.previous_at:
            self.previous_at = at
        self.events += 1
        if kind in PAGE_VIEWS:
            self.pageviews += 1
        if self.entry_key[0] or at <= self.entry_key[1]:
            key = entry_key(fact)
            if key < self.entry_key:
                self.entry_key = key
                self.entry = attributes(fact)
        path = fact.path
        if path is not None:
            if (at, fact.event_id) > self.last_path_key:
                self.last_path = path
                self.last_path_key = (at, fact.event_id)
            self.paths = _with(self.paths, path)
        if fact.engaged_ms is not None:
            self.engaged_ms += fact.engaged_ms
        if fact.scroll is not None and fact.scroll > self.scroll:
            self.scroll = fact.scroll
        if fact.vector is not None and (at, fact.event_id) > self.vector_key:
            self.vector = fact.vector
            self.vector_key = (at, fact.event_id)
        if fact.goal:
            self.goals += 1
        if fact.revenue is not None:
            self.revenue += money(fact.revenue)
        if fact.simulated:
            self.simulated = True
        if fact.automated:
            self.automated = True
        if fact.received_at > self.received_at:
            self.received_at = fact.received_at
        if kind == "track" and name is not None and name.startswith("$"):
            if name in CLICKS:
                self.clicks += 1
                self.interactions += 1
            return
        if kind == "track":
            self.interactions += 1
        step = _STEPS.get(name)
        if step is not None:
            step(self, fact)
        if fact.category is not None:
            self.categories = _with(self.categories, fact.category)

    def is_bounce(self) -> bool:
        """A single page view and no other interaction."""
        return self.pageviews == 1 and self.interactions == 0


def _with(seen: set[str] | None, value: str) -> set[str]:
    if seen is None:
        return {value}
    if len(seen) < DISTINCT:
        seen.add(value)
    return seen


def _product_viewed(state: SessionState, fact: Fact) -> None:
    state.product_views += 1
    if fact.product is not None:
        state.products = _with(state.products, fact.product)
    if fact.value is not None:
        value = money(fact.value)
        state.value_seen += value
        state.dearest = max(state.dearest, value)


def _product_added(state: SessionState, fact: Fact) -> None:
    state.adds += 1
    if state.first_add_at is None or fact.at < state.first_add_at:
        state.first_add_at = fact.at
    if fact.value is not None:
        state.value_added += money(fact.value)


def _product_removed(state: SessionState, fact: Fact) -> None:
    state.removes += 1


def _list_viewed(state: SessionState, fact: Fact) -> None:
    state.list_views += 1


def _cart_viewed(state: SessionState, fact: Fact) -> None:
    state.cart_views += 1


def _checkout_started(state: SessionState, fact: Fact) -> None:
    state.checkouts += 1


_STEPS: dict[str | None, Any] = {
    "Product Viewed": _product_viewed,
    "Product List Viewed": _list_viewed,
    "Product Added": _product_added,
    "Product Removed": _product_removed,
    "Cart Viewed": _cart_viewed,
    "Checkout Started": _checkout_started,
}
