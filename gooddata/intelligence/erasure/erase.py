"""Erases in analytics, in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import asyncpg

from gooddata.intelligence.erasure.whom import Whom
from gooddata.intelligence.results.lookup import facts_of
from gooddata.intelligence.results.write import add_up
from gooddata.intelligence.sessions.recount import take_back
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.uniques.recount import lock_sketches
from gooddata.intelligence.uniques.strike import hours_between, strike
from gooddata.persistence.in_columns import PARAMETERS_ARE_CONSTANTS, PLANS_ARE_KEPT
from gooddata.sql import statement

_SESSIONS = statement(__package__, "sessions")
_REMOVE = statement(__package__, "remove")
_REMOVE_SAID = statement(__package__, "remove_said")
_REMOVE_EVENTS = statement(__package__, "remove_events")
_REMOVE_IDENTITIES = statement(__package__, "remove_identities")
_TAKE_LEASES_BACK = statement("gooddata.persistence", "take_leases_back")
_RETRAIN = statement(__package__, "retrain")
_TELL = "SELECT pg_notify('gooddata_erased', $1)"

_ATTEMPTS = 5
_SESSIONS_AT_ONCE = 1_000


async def erase_from_analytics(connection: Any, project: str, whom: Whom, until: int) -> dict[str, int]:
    """Removes what began up to `until` (epoch ms): how many rows of what. The connection's times are milliseconds, its
    role is the operator's."""
    for attempt in range(_ATTEMPTS):
        try:
            async with connection.transaction():
                return await _erase(connection, project, whom, until)
        except asyncpg.DeadlockDetectedError:
            # Workers move several cursors in an order of their own.
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.1 * (attempt + 1))
    raise AssertionError("unreachable")


async def sessions_of(connection: Any, project: str, whom: Whom, until: int) -> list[Any]:
    """The sessions of these people that began up to `until`: rows of session_id, visitor, started_at and last_at."""
    spans = [*((visitor, 0, until) for visitor in sorted(whom.visitors)), *whom.spans]
    columns = [each[0] for each in spans], [float(each[1]) for each in spans], [float(each[2]) for each in spans]
    rows: list[Any] = await connection.fetch(_SESSIONS, project, *columns)
    return rows


async def _erase(connection: Any, project: str, whom: Whom, until: int) -> dict[str, int]:
    # Before anything else: who counts visitors is let finish first, and nobody waits for that meanwhile.
    await lock_sketches(connection)
    await connection.execute(_TAKE_LEASES_BACK)
    removed = {"events": 0, "sessions": 0, "scores": 0}
    rollup = Rollup()
    sessions = await sessions_of(connection, project, whom, until)
    for start in range(0, len(sessions), _SESSIONS_AT_ONCE):
        some = sessions[start : start + _SESSIONS_AT_ONCE]
        keys = [((project, row["visitor"]), row["started_at"], row["last_at"]) for row in some]
        for facts in (await facts_of(connection, keys)).values():
            take_back(facts, rollup)
        row = await connection.fetchrow(_REMOVE, project, [row["session_id"] for row in some])
        events = await _remove_events(connection, project, some)
        gone = {"events": events, **dict(row)}
        removed = {name: count + gone[name] for name, count in removed.items()}
    identities = await connection.fetchrow(_REMOVE_IDENTITIES, project, list(whom.visitors), list(whom.users), until)
    hours = hours_between(project, ((row["started_at"], row["last_at"]) for row in sessions))
    visitors = {each.bytes for each in (*whom.visitors, *(row["visitor"] for row in sessions))}
    own = [row["session_id"] for row in sessions]
    people = list({*whom.visitors, *(row["visitor"] for row in sessions)})
    said = await connection.fetchrow(_REMOVE_SAID, project, own, list(whom.visitors), until, people)
    sketches = await strike(connection, project, sorted(visitors), hours)
    cells = await add_up(connection, rollup)
    began = [row["started_at"] for row in sessions]
    models = await connection.fetchval(_RETRAIN, project, began) if removed["sessions"] else 0
    for visitor in {*whom.visitors, *(visitor for visitor, _, _ in whom.spans)}:
        await connection.execute(_TELL, f"{project} {visitor}")
    return {
        **removed,
        **dict(identities),
        **dict(said),
        "rollup_cells": cells,
        "sketches": sketches,
        "models_to_retrain": models,
    }


async def _remove_events(connection: Any, project: str, sessions: Iterable[Any]) -> int:
    """Removes the events of these sessions; how many."""
    of_visitors: dict[Any, list[Any]] = defaultdict(list)
    for row in sessions:
        of_visitors[row["visitor"]].append(row["session_id"])
    await connection.execute(PARAMETERS_ARE_CONSTANTS)
    removed = 0
    for visitor, own in of_visitors.items():
        status = await connection.execute(_REMOVE_EVENTS, project, visitor, own)
        removed += int(status.split()[-1])
    await connection.execute(PLANS_ARE_KEPT)
    return removed
