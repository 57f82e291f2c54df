"""Notes which hours have changed, within the transaction that changes them."""

from collections.abc import Iterable
from typing import Any

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.results.columns import columns
from gooddata.sql import statement

_MARK = statement(__package__, "mark_due")
_MARK_REMOVED = statement(__package__, "mark_removed")

Hour = tuple[str, int]  # project, hours since 1970


def hours_of(facts: Iterable[Fact]) -> set[Hour]:
    return {(fact.project_id, fact.at // HOUR_MS) for fact in facts}


async def mark_due(connection: Any, hours: Iterable[Hour]) -> None:
    """Every transaction that stores, moves or removes facts, or changes what a session is credited to, says so of the
    facts' hours. Who marks in the order of the key cannot deadlock with others who do."""
    if ordered := sorted(hours):
        await connection.execute(_MARK, *columns(ordered))


async def mark_removed(connection: Any, project: str | None, since: int) -> None:
    """The same of all hours from `since` (epoch ms) on that have sketches, of a project or of all."""
    await connection.execute(_MARK_REMOVED, project, since)
