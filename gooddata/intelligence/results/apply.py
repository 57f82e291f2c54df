"""Applies rounds: one transaction each, that moves the cursors and writes what came of the events between."""

import logging
from collections.abc import Sequence
from typing import Any

import asyncpg

from gooddata.errors import CursorMoved
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.facts.read import CONTENT_FAILURES, Unreadable, reason_of
from gooddata.intelligence.results.round import Move, Round
from gooddata.intelligence.results.windows import make_room
from gooddata.intelligence.results.work_out import Outcome, work_out
from gooddata.intelligence.results.write import record_unreadable, write
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.sql import statement

_MOVE_CURSORS = statement(__package__, "move_cursors")

# What an event's content may make PostgreSQL, or the code here, raise; trouble with the server is not among it.
_REFUSALS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    *CONTENT_FAILURES,
)

logger = logging.getLogger(__name__)


async def apply(connection: Any, work: Round, memory: Memory, models: Models) -> list[Outcome]:
    """Applies a round, and gives what came of it. Afterwards `memory` is what the tables hold.

    Raises CursorMoved when another worker has moved a cursor or taken a lease, and whatever a database raises that is
    not there; then nothing is written and `memory` is empty. An event that cannot be applied is left out and recorded.
    """
    try:
        await make_room(connection, work.facts, memory)
        try:
            outcomes = [await _apply_together(connection, work, memory, models)]
        except _REFUSALS:
            logger.exception("a round of %d events cannot be applied as a whole; going through it", len(work.facts))
            memory.clear()
            outcomes = await _apply_apart(connection, work, memory, models)
    except BaseException:
        memory.clear()
        raise
    for unreadable in work.unreadable:
        logger.error(
            "event %d of batch %d-%d is left out: %s",
            unreadable.place,
            unreadable.partition,
            unreadable.seq,
            unreadable.reason,
        )
    return outcomes


async def _apply_together(connection: Any, work: Round, memory: Memory, models: Models) -> Outcome:
    async with connection.transaction():
        await _move_cursors(connection, work.moves)
        outcome = await work_out(connection, work.facts, memory, models)
        await write(connection, outcome)
        await record_unreadable(connection, work.unreadable)
        return outcome


async def _apply_apart(connection: Any, work: Round, memory: Memory, models: Models) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with connection.transaction():
        await _move_cursors(connection, work.moves)
        work.unreadable += await _apply_halves(connection, work.facts, memory, models, outcomes)
        await record_unreadable(connection, work.unreadable)
    return outcomes


async def _apply_halves(
    connection: Any, facts: Sequence[Fact], memory: Memory, models: Models, outcomes: list[Outcome]
) -> list[Unreadable]:
    """Applies what can be applied of `facts`, in their order, and gives the rest; adds results to `outcomes`."""
    if not facts:
        return []
    for fact in facts:
        fact.session_id = None
    try:
        async with connection.transaction():
            outcome = await work_out(connection, facts, memory, models)
            await write(connection, outcome)
        outcomes.append(outcome)
        return []
    except _REFUSALS as failure:
        memory.clear()
        if len(facts) == 1:
            return [Unreadable(facts[0].partition, facts[0].seq, facts[0].place, reason_of(failure))]
    half = len(facts) // 2
    first = await _apply_halves(connection, facts[:half], memory, models, outcomes)
    return first + await _apply_halves(connection, facts[half:], memory, models, outcomes)


async def _move_cursors(connection: Any, moves: Sequence[Move]) -> None:
    columns = (
        [move.partition for move in moves],
        [move.epoch for move in moves],
        [move.seq for move in moves],
        [move.upto for move in moves],
        [move.caught_up_at for move in moves],
    )
    moved = {row["partition"] for row in await connection.fetch(_MOVE_CURSORS, *columns)}
    lost = sorted(move.partition for move in moves if move.partition not in moved)
    if lost:
        raise CursorMoved(f"another worker has gone on with partitions {', '.join(map(str, lost))}")
