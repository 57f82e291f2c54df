"""The sessions of a project as sequences of items, read from analytics."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from gooddata.intelligence.facts.extract import ORDER
from gooddata.intelligence.moments import DAY_MS
from gooddata.sql import statement

DAYS = 30
SESSIONS = 100_000  # of a project, the newest, that recommendations are made from
_CLICKS = 200  # of a session, the first
_AT_ONCE = 1_000
_ADDED, _REMOVED = "Product Added", "Product Removed"

_SESSIONS = statement(__package__, "sessions")
_CLICKS_OF = statement(__package__, "clicks")
_CLICKS_NOW = statement(__package__, "clicks_now")
_CLICKS_OF_VISITOR = statement(__package__, "clicks_of_visitor")
_HAS_PRODUCTS = statement(__package__, "has_products")


class Clicks(msgspec.Struct):
    """A session: its items in order, their categories as far as told, and which of them were bought in it."""

    session: UUID
    visitor: UUID
    items: list[str] = []
    categories: dict[str, str] = {}
    bought: set[str] = msgspec.field(default_factory=set)
    started_at: int = 0
    last_at: int = 0
    simulated: bool = False
    in_cart: set[str] = msgspec.field(default_factory=set)

    def take(self, item: str | None, category: str | None, name: str | None) -> None:
        """One event about an item, or an order. An order that names no product is of what was put into the cart."""
        if name == ORDER:
            self.bought |= {item} if item is not None else self.in_cart
        elif item is not None and name == _REMOVED:
            self.in_cart.discard(item)
        elif item is not None:
            if name == _ADDED:
                self.in_cart.add(item)
            self.items.append(item)
            if category is not None:
                self.categories[item] = category


def first_counted() -> int:
    """From when on sessions count now, epoch ms."""
    return time.time_ns() // 1_000_000 - DAYS * DAY_MS


async def goes_by_pages(connection: Any, project: str) -> bool:
    """Whether a project's items are its pages: none of its newest sessions has had a product."""
    return not await connection.fetchval(_HAS_PRODUCTS, project)


async def newest_sessions(
    connection: Any, project: str, pages: bool, most: int = SESSIONS
) -> AsyncIterator[list[Clicks]]:
    """The newest finished or running sessions of people, in portions, the oldest first. Times are milliseconds on the
    connection."""
    rows = await connection.fetch(_SESSIONS, project, first_counted(), most)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        found = [
            Clicks(
                row["session_id"],
                row["visitor"],
                started_at=row["started_at"],
                last_at=row["last_at"],
                simulated=row["simulated"],
            )
            for row in some
        ]
        spans = [[row[name] for row in some] for name in ("visitor", "started_at", "last_at")]
        for place, *click in await connection.fetch(_CLICKS_OF, project, *spans, pages, _CLICKS):
            found[place - 1].take(*click)
        yield found


async def sessions_now(
    connection: Any, project: str, pages: bool, sessions: Sequence[tuple[UUID, UUID]]
) -> list[Clicks]:
    """Running sessions, named by session and visitor, as they are now."""
    found = [Clicks(session, visitor) for session, visitor in sessions]
    named = [visitor for _, visitor in sessions], [session for session, _ in sessions]
    for place, *click in await connection.fetch(_CLICKS_NOW, project, *named, pages, _CLICKS):
        found[place - 1].take(*click)
    return found


async def sessions_of(connection: Any, project: str, pages: bool, visitor: UUID) -> list[Clicks]:
    """The sessions of a visitor, the oldest first."""
    found: dict[UUID, Clicks] = {}
    for session, *click in await connection.fetch(_CLICKS_OF_VISITOR, project, visitor, pages, _CLICKS):
        found.setdefault(session, Clicks(session, visitor)).take(*click)
    return list(found.values())
