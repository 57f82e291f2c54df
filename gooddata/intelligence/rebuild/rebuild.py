"""Rebuilds a range, in one transaction, while workers wait and ingestion goes on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.errors import InputError
from gooddata.eventlog.postgres import PostgresLog
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.read import read_batch
from gooddata.intelligence.results.lookup import facts_of
from gooddata.intelligence.results.windows import make_room
from gooddata.intelligence.results.work_out import work_out
from gooddata.intelligence.results.write import add_up, write
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.sessions.recount import take_back
from gooddata.intelligence.sessions.rollup import MINUTE_MS, Rollup
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.intelligence.uniques.due import Hour, hours_of, mark_due, mark_removed
from gooddata.persistence.in_columns import ANY_NUMBER_OF_ROWS
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.sql import statement

_HOLD = statement(__package__, "hold_cursors")
_SESSIONS = statement(__package__, "sessions_since")
_REMOVE_EVENTS = statement(__package__, "remove_events")
_REMOVE = statement(__package__, "remove_since")

_ROUND_EVENTS = 5_000
_VISITORS = 50_000
_LOOKED_UP_AT_ONCE = 1_000
_BATCHES = 16

Visitor = tuple[str, UUID]


class Rebuilt(msgspec.Struct):
    """What was counted anew: everything dated `since` (epoch ms, a whole minute) or later, and visits that go back
    behind it."""

    since: int
    events: int = 0
    sessions: int = 0
    unreadable: int = 0


async def rebuild(
    log: PostgresLog, connection: Any, pool: Any, pseudonyms: Pseudonyms, since: datetime, project: str | None = None
) -> Rebuilt:
    """Rebuilds sessions, scores and counts from `since` on, of a project or of all, out of the log as far as workers
    have read it. `connection` wears the worker's role, its times are milliseconds.

    Raises InputError where retention has taken something of it out of the log.
    """
    rebuilt = Rebuilt(int(since.timestamp() * 1_000) // MINUTE_MS * MINUTE_MS)
    goals, models = Goals(), Models()
    await goals.refresh(pool)
    await models.refresh(pool)
    memory = Memory(_VISITORS)
    async with connection.transaction():
        positions = {row["partition"]: row["seq"] for row in await connection.fetch(_HOLD)}
        heads = await log.heads()
        if any(position > heads.get(partition, 0) for partition, position in positions.items()):
            raise InputError(
                "the raw database does not hold yet all that workers have been through: see that gooddata archive is "
                "running, and rebuild again"
            )
        earliest = await _remove(connection, project, rebuilt)
        first = min([rebuilt.since, *earliest.values()])
        held = await log.held_since(project)
        if held is not None and first < held.timestamp() * 1_000:
            raise InputError(
                f"raw events from before {held:%Y-%m-%d %H:%M} UTC are past their retention: what goes behind that "
                "cannot be counted anew; give a later --since",
                "since",
            )
        facts: list[Fact] = []
        extractor = Extractor(pseudonyms, goals)
        async for fact in _facts(log, extractor, positions, first, rebuilt):
            if project is not None and fact.project_id != project:
                continue
            if fact.at >= earliest.get((fact.project_id, fact.visitor), rebuilt.since):
                facts.append(fact)
                if len(facts) >= _ROUND_EVENTS:
                    await _apply(connection, facts, memory, models, rebuilt)
                    facts = []
        await _apply(connection, facts, memory, models, rebuilt)
        rebuilt.sessions = len(await connection.fetch(_SESSIONS, project, rebuilt.since))
    return rebuilt


async def _remove(connection: Any, project: str | None, rebuilt: Rebuilt) -> dict[Visitor, int]:
    """Takes the range away; from when on (epoch ms) the facts of visitors are needed whose visits go back behind it."""
    sessions = await connection.fetch(_SESSIONS, project, rebuilt.since)
    earliest: dict[Visitor, int] = {}
    before = []
    for row in sessions:
        key = (row["project_id"], row["visitor"])
        earliest[key] = min(earliest.get(key, rebuilt.since), row["started_at"])
        if row["started_at"] < rebuilt.since:
            before.append((key, row["started_at"], row["last_at"]))
    rollup = Rollup()
    hours: set[Hour] = set()
    for start in range(0, len(before), _LOOKED_UP_AT_ONCE):
        for facts in (await facts_of(connection, before[start : start + _LOOKED_UP_AT_ONCE])).values():
            take_back(facts, rollup)
            hours |= hours_of(facts)
    await connection.execute(ANY_NUMBER_OF_ROWS)
    await connection.execute(_REMOVE_EVENTS, project, rebuilt.since, min([rebuilt.since, *earliest.values()]))
    await connection.execute(_REMOVE, project, rebuilt.since)
    # The minutes of the range are gone as a whole; of those before it, only what these visits added.
    await add_up(connection, rollup, before=rebuilt.since)
    await mark_removed(connection, project, rebuilt.since)
    await mark_due(connection, hours)
    return earliest


async def _facts(
    log: PostgresLog, extractor: Extractor, positions: dict[int, int], first: int, rebuilt: Rebuilt
) -> AsyncIterator[Fact]:
    """The facts in the log up to `positions`, in its order; nothing is dated later than it was received."""
    received = datetime.fromtimestamp(first / 1_000, UTC)
    for partition, position in positions.items():
        at = await log.before(partition, received)
        while at < position:
            for batch in await log.read(partition, at, _BATCHES):
                at = batch.seq
                if batch.seq > position:
                    break
                facts, unreadable = read_batch(extractor, batch)
                rebuilt.unreadable += len(unreadable)
                for fact in facts:
                    yield fact


async def _apply(connection: Any, facts: list[Fact], memory: Memory, models: Models, rebuilt: Rebuilt) -> None:
    if facts:
        await make_room(connection, facts, memory)
        await write(connection, await work_out(connection, facts, memory, models))
        rebuilt.events += len(facts)
