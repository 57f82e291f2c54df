"""Reads back from analytics what a worker does not have in memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.sessions.history import History
from gooddata.intelligence.sessions.recount import Span, reach
from gooddata.intelligence.sessions.rule import begins_session
from gooddata.intelligence.sessions.state import SessionState
from gooddata.intelligence.sessions.visitor import Visitor
from gooddata.sql import statement

_LATEST = statement(__package__, "latest_sessions")
_HISTORY = statement(__package__, "history_before")
_FROM = statement(__package__, "sessions_from")
_FACTS = statement(__package__, "facts_between")

Key = tuple[str, UUID]  # project, visitor


class Stretch(msgspec.Struct):
    """What is stored of a visitor where a recount is due, and what came before it."""

    history: History
    stored: list[Fact]


async def recall(connection: Any, first_at: Mapping[Key, int]) -> dict[Key, Visitor | None]:
    """The visitors named, as they were left; `first_at` is when (epoch ms) the first of their new facts happened.

    None for a visitor whose new facts reach back behind the latest session.
    """
    keys = list(first_at)
    visitors: dict[Key, Visitor | None] = {key: Visitor() for key in keys}
    latest = [
        (keys[row["place"] - 1], row["session_id"], row["started_at"], row["last_at"], row["goals"])
        for row in await connection.fetch(_LATEST, *columns(keys))
    ]
    if not latest:
        return visitors
    histories = await _histories(connection, [(key, started_at) for key, _, started_at, _, _ in latest])
    resumed = {}
    for (key, session_id, started_at, last_at, goals), history in zip(latest, histories, strict=True):
        if first_at[key] < started_at:
            visitors[key] = None
        elif begins_session(first_at[key], started_at, last_at):
            visitors[key] = Visitor(history.after(goals > 0, last_at))
        else:
            resumed[key] = (session_id, history, started_at, last_at)
    spans = [(key, started_at, last_at) for key, (_, _, started_at, last_at) in resumed.items()]
    for key, facts in (await facts_of(connection, spans)).items():
        session_id, history, _, _ = resumed[key]
        visitors[key] = Visitor(history, _grown(session_id, history, facts))
    return visitors


async def stretches(connection: Any, arrived: Mapping[Key, Sequence[Fact]]) -> dict[Key, Stretch]:
    """What is stored where the facts that `arrived`, sorted by time, may change sessions."""
    keys = list(arrived)
    since = [arrived[key][0].at for key in keys]
    spans: defaultdict[Key, list[Span]] = defaultdict(list)
    for row in await connection.fetch(_FROM, *columns((*key, at) for key, at in zip(keys, since, strict=True))):
        spans[keys[row["place"] - 1]].append(Span(row["started_at"], row["last_at"]))
    starts = [
        (key, min(first, spans[key][0].started_at) if spans[key] else first)
        for key, first in zip(keys, since, strict=True)
    ]
    ends = [reach(spans[key], arrived[key]) for key in keys]
    histories = await _histories(connection, starts)
    stored = await facts_of(connection, [(*start, end) for start, end in zip(starts, ends, strict=True)])
    return {key: Stretch(history, stored.get(key, [])) for key, history in zip(keys, histories, strict=True)}


async def _histories(connection: Any, moments: Sequence[tuple[Key, Any]]) -> list[History]:
    rows = await connection.fetch(_HISTORY, *columns((*key, before) for key, before in moments))
    return [History(*row) for row in rows]


async def facts_of(connection: Any, spans: Sequence[tuple[Key, Any, Any]]) -> dict[Key, list[Fact]]:
    """The stored facts of visitors, each from one time to another (epoch ms), by visitor."""
    facts: dict[Key, list[Fact]] = {}
    if spans:
        keys = [key for key, _, _ in spans]
        rows = await connection.fetch(_FACTS, *columns((*key, since, until) for key, since, until in spans))
        for place, *values in rows:
            facts.setdefault(keys[place - 1], []).append(Fact(*values))
    return facts


def _grown(session_id: UUID, history: History, facts: list[Fact]) -> SessionState:
    """The session as it was when it was let go of."""
    session = None
    for fact in sorted(facts, key=lambda fact: fact.at):
        if session is None:
            session = SessionState(session_id, history, fact)
        else:
            session.update(fact)
    assert session is not None
    return session
