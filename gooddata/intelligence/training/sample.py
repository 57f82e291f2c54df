"""Reads finished sessions and their facts back from analytics."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from gooddata.intelligence.facts.fact import PAGE_VIEWS, Fact
from gooddata.intelligence.sessions.history import History
from gooddata.intelligence.training.examples import StoredSession
from gooddata.sql import statement

_SESSIONS = statement(__package__, "sessions")
_FACTS = statement(__package__, "facts_of_sessions")

# The newest so many sessions, and the first so many facts of each: which bounds the memory and the time it takes.
SESSIONS = 20_000
FACTS_OF_A_SESSION = 500
# What the libraries take before any session is read, and, of each fact, what training takes at its worst moment: 247 MB
# and 3.7 kB measured, of shoppers' events with vectors.
_LIBRARIES_MB = 320
_BYTES_OF_A_FACT = 4_500
_LEAST_FACTS = 20_000  # with which a limit that is far too low fails, rather than has a model of next to nothing
_AT_ONCE = 50  # sessions, of which no more facts than that are in memory twice


def facts_within(memory_mb: int) -> int:
    """How many facts can be learned from in so many megabytes.

    >>> facts_within(2_048)
    402653
    """
    return max(_LEAST_FACTS, ((memory_mb - _LIBRARIES_MB) << 20) // _BYTES_OF_A_FACT)


async def finished_sessions(
    connection: Any, project: str, most: int = SESSIONS, most_facts: int | None = None
) -> list[StoredSession]:
    """The newest finished sessions of people in `project`, at most so many, with so many facts altogether, the oldest
    first."""
    rows = await connection.fetch(_SESSIONS, project, most)
    if most_facts is not None:
        counts = accumulate(min(row["events"], FACTS_OF_A_SESSION) for row in rows)
        rows = rows[: sum(count <= most_facts for count in counts)]
    rows.reverse()
    sessions: list[StoredSession] = []
    for start in range(0, len(rows), _AT_ONCE):
        sessions += await with_facts(connection, project, rows[start : start + _AT_ONCE])
    return sessions


async def with_facts(connection: Any, project: str, rows: Sequence[Any]) -> list[StoredSession]:
    """The sessions of these rows, which have the columns of sessions.sql."""
    sessions = [
        StoredSession(
            started_at=row["started_at"],
            last_at=row["last_at"],
            converted=row["goals"] > 0,
            simulated=row["simulated"],
            history=History(row["earlier"], row["earlier_converted"], row["earlier_last_at"]),
            facts=[],
        )
        for row in rows
    ]
    for session, facts in zip(sessions, await facts_of_sessions(connection, project, rows), strict=True):
        session.facts = facts
    for session, row in zip(sessions, rows, strict=True):
        session.later_events = max(row["events"] - len(session.facts), 0)
        if session.later_events:
            session.later_pages = max(row["pageviews"] - sum(fact.type in PAGE_VIEWS for fact in session.facts), 0)
    return sessions


async def facts_of_sessions(
    connection: Any, project: str, rows: Sequence[Any], most: int = FACTS_OF_A_SESSION
) -> list[list[Fact]]:
    """The first `most` facts of each of these sessions, in order: rows that have visitor, started_at and last_at."""
    facts: list[list[Fact]] = [[] for _ in rows]
    spans = [[row[name] for row in rows] for name in ("visitor", "started_at", "last_at")]
    for place, *values in await connection.fetch(_FACTS, project, *spans, most):
        facts[place - 1].append(Fact(*values))
    return facts


def trained_on(simulated: Iterable[bool]) -> str:
    """Of which sort the sessions are that something is learned from: observed, simulated or mixed; or nothing."""
    sorts = {("observed", "simulated")[each] for each in simulated}
    return "mixed" if len(sorts) == 2 else sorts.pop() if sorts else "nothing"
