"""Windows of time that the tables of analytics are kept in: they are there before something is written into them."""

from collections.abc import Iterable
from typing import Any

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.sessions.rule import LONGEST_MS
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.sql import statement

_MAKE_ROOM = statement(__package__, "make_room")


async def make_room(database: Any, facts: Iterable[Fact], memory: Memory) -> None:
    """Has the database make the windows that facts, and the sessions that they may belong to, are written into.

    Where other workers go on meanwhile, `database` is outside of a transaction: they would wait for its end.
    """
    days = {fact.at // DAY_MS for fact in facts} - memory.days
    for day in sorted(days):
        start = day * DAY_MS
        await database.execute(_MAKE_ROOM, float(start - LONGEST_MS), float(start + DAY_MS - 1))
        memory.days.add(day)
