"""Works out what facts change: in sessions, in the counts per minute, in scores."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.results.lookup import Key, recall, stretches
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.scoring.score import Score
from gooddata.intelligence.scoring.scorer import score_sessions
from gooddata.intelligence.sessions.advance import advance
from gooddata.intelligence.sessions.recount import recount
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.sessions.state import SessionState
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.intelligence.uniques.due import Hour, hours_of

Span = tuple[int, int]
"""From when to when, in epoch nanoseconds."""


class Outcome(msgspec.Struct):
    """What is to be written.

    `vanished` are the sessions, by project and id, that a recount has joined to others; `hours` those in which facts
    are new, or may count for something else than before; `told` the scores that listeners hear of. `scoring` and
    `telling` are when that was done.
    """

    facts: list[Fact]
    changed: list[SessionState]
    moved: list[SessionState]
    vanished: list[tuple[str, UUID]]
    rollup: Rollup
    scores: list[Score]
    hours: set[Hour]
    scoring: Span = (0, 0)
    telling: Span = (0, 0)
    told: list[Score] = []


async def work_out(connection: Any, facts: Sequence[Fact], memory: Memory, models: Models) -> Outcome:
    """Takes `facts` of any visitors into `memory` and gives what that changes.

    Everything is to be written before `memory` is used again; where that fails, `memory` is to be cleared.
    """
    outcome = Outcome(list(facts), [], [], [], Rollup(), [], hours_of(facts))
    arrived = _by_visitor(facts)
    visitors = {key: memory.get(key) for key in arrived}
    absent = {key: arrived[key][0].at for key, visitor in visitors.items() if visitor is None}
    if absent:
        recalled = await recall(connection, absent)
        visitors |= recalled
        for key, visitor in recalled.items():
            if visitor is not None:
                memory.put(key, visitor, arrived[key][0].partition)
    late: dict[Key, list[Fact]] = {}
    for key, visitor in visitors.items():
        changed = advance(visitor, arrived[key], outcome.rollup) if visitor is not None else None
        if changed is None:
            late[key] = arrived[key]
        else:
            outcome.changed += changed
    if late:
        await _recount(connection, late, memory, outcome)
    began = time.time_ns()
    outcome.scores = score_sessions(outcome.changed, models)
    outcome.scoring = began, time.time_ns()
    memory.shrink()
    return outcome


def _by_visitor(facts: Iterable[Fact]) -> dict[Key, list[Fact]]:
    """The facts of each visitor, sorted by time."""
    arrived: dict[Key, list[Fact]] = {}
    for fact in facts:
        key = (fact.project_id, fact.visitor)
        known = arrived.get(key)
        if known is None:
            arrived[key] = [fact]
        else:
            known.append(fact)
    for own in arrived.values():
        if len(own) > 1:
            own.sort(key=_time)
    return arrived


def _time(fact: Fact) -> int:
    return fact.at


async def _recount(connection: Any, late: dict[Key, list[Fact]], memory: Memory, outcome: Outcome) -> None:
    for key, stretch in (await stretches(connection, late)).items():
        recounted = recount(stretch.history, stretch.stored, late[key], outcome.rollup)
        outcome.changed += recounted.changed
        outcome.hours |= hours_of(stretch.stored)
        outcome.moved += recounted.moved
        outcome.vanished += [(key[0], session_id) for session_id in recounted.vanished]
        # The latest session's history may have changed with it: it is read back when the visitor is next heard of.
        memory.forget(key)
