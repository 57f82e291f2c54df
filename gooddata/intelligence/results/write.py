"""Writes what was worked out: by columns, never row by row."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from gooddata.intelligence.facts.fact import COLUMNS
from gooddata.intelligence.facts.read import Unreadable
from gooddata.intelligence.identities.write import write_claims
from gooddata.intelligence.quality.moments import sampled
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.results.copy_facts import copied
from gooddata.intelligence.results.work_out import Outcome
from gooddata.intelligence.scoring.score import Score, notices
from gooddata.intelligence.sessions.rollup import DIRECT, Rollup
from gooddata.intelligence.sessions.state import MONEY, SessionState
from gooddata.intelligence.uniques.due import mark_due
from gooddata.persistence.in_columns import PARAMETERS_ARE_CONSTANTS, PLANS_ARE_KEPT
from gooddata.sql import statement

_MOVE_FACTS = statement(__package__, "move_facts")
_REMOVE = statement(__package__, "remove_sessions")
_PUT_SESSIONS = statement(__package__, "put_sessions")
_PUT_SCORES = statement(__package__, "put_scores")
_PUT_MOMENTS = statement(__package__, "put_moments")
_ADD = statement(__package__, "add_to_rollup")
_DROP_EMPTY = statement(__package__, "drop_empty_cells")
_UNREADABLE = statement(__package__, "record_unreadable")
_ANNOUNCE = statement(__package__, "announce")

# Nobody waits for scores of what came in, or happened, longer ago: those of a replay are stored and not told.
_RECEIVED_LATELY_MS = 5 * 60_000
_HAPPENED_LATELY_MS = 30 * 60_000


async def write(connection: Any, outcome: Outcome) -> None:
    """Writes an outcome within the transaction of `connection`."""
    if outcome.vanished:
        await connection.execute(_REMOVE, *columns(outcome.vanished))
    if outcome.moved:
        await connection.execute(PARAMETERS_ARE_CONSTANTS)
        await connection.executemany(_MOVE_FACTS, [_span(session) for session in outcome.moved])
        await connection.execute(PLANS_ARE_KEPT)
    if outcome.facts:
        await connection.copy_to_table(
            "event", schema_name="analytics", columns=COLUMNS, source=copied(outcome.facts), format="binary"
        )
    if outcome.changed:
        await connection.execute(_PUT_SESSIONS, *columns(_session(session) for session in outcome.changed))
    if outcome.scores:
        outcome.told = _awaited(outcome.scores)
        stored, messages, moments = told(outcome.scores, outcome.told)
        await connection.execute(_PUT_SCORES, *stored)
        if moments:
            await connection.execute(_PUT_MOMENTS, *moments)
        if messages:
            began = time.time_ns()
            await connection.execute(_ANNOUNCE, messages)
            outcome.telling = began, time.time_ns()
    await write_claims(connection, outcome.facts)
    # Last: from here to the commit, other workers wait for the hours and cells that they share with this one.
    await mark_due(connection, outcome.hours)
    await add_up(connection, outcome.rollup)


async def record_unreadable(connection: Any, unreadable: Sequence[Unreadable]) -> None:
    """Notes what could not be applied, within the transaction of `connection`."""
    if unreadable:
        await connection.execute(_UNREADABLE, *columns((u.partition, u.seq, u.place, u.reason) for u in unreadable))


async def add_up(connection: Any, rollup: Rollup, *, before: int | None = None) -> int:
    """Adds differences to the counts of their minutes, of all or of those before a time (epoch ms); how many cells that
    touches."""
    rows = [row for row in rollup.rows() if before is None or row[2] < before]
    if not rows:
        return 0
    await connection.execute(_ADD, *columns(rows))
    lessened = [cell[:4] for cell in rows if cell[4] < 0 or cell[6] < 0]
    if lessened:
        await connection.execute(_DROP_EMPTY, *columns(lessened))
    return len(rows)


def _span(session: SessionState) -> tuple[Any, ...]:
    return (
        session.project,
        session.visitor,
        session.started_at,
        session.last_at,
        session.session_id,
    )


def _session(session: SessionState) -> tuple[Any, ...]:
    path, source, campaign, device, browser, country = session.entry
    return (
        session.project,
        session.session_id,
        session.visitor,
        session.started_at,
        session.last_at,
        session.events,
        session.pageviews,
        session.clicks,
        session.goals,
        session.revenue / MONEY,
        session.engaged_ms,
        session.scroll,
        path,
        session.last_path,
        source or DIRECT,
        campaign,
        device,
        browser,
        country,
        session.simulated,
        session.automated,
        session.last_event,
    )


def _score(score: Score) -> tuple[Any, ...]:
    session = score.session
    return (
        session.project,
        session.session_id,
        score.task,
        session.visitor,
        score.score,
        score.reason,
        score.model,
        session.last_event,
    )


def told(scores: Sequence[Score], awaited: Sequence[Score]) -> tuple[list[Any], list[str], list[str]]:
    """Scores by columns, the messages to those who wait for one of them, and those that are kept as they are told."""
    return list(columns(_score(score) for score in scores)), notices(awaited), sampled(awaited)


def _awaited(scores: Iterable[Score]) -> list[Score]:
    now = time.time() * 1_000
    return [
        score
        for score in scores
        if score.session.received_at > now - _RECEIVED_LATELY_MS and score.session.last_at > now - _HAPPENED_LATELY_MS
    ]
