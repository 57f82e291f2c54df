"""The sure way: a visitor's sessions counted anew from all facts of a stretch of time, and what that changes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.sessions.advance import Changed
from gooddata.intelligence.sessions.history import FIRST_VISIT, History
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.sessions.rule import GAP_MS, begins_session
from gooddata.intelligence.sessions.state import SessionState
from gooddata.intelligence.sessions.visitor import Visitor


class Span(msgspec.Struct, frozen=True):
    """The start and end of a stored session, in epoch milliseconds."""

    started_at: int
    last_at: int


class Recounted(msgspec.Struct):
    """`changed` sessions have other facts than before, `moved` some that another had; `vanished` ones are gone."""

    changed: list[SessionState]
    moved: list[SessionState]
    vanished: list[UUID]


def sessions_of(facts: Iterable[Fact], history: History) -> list[Changed]:
    """The sessions of one visitor's `facts`, whatever their order: the rule that everything else has to meet."""
    visitor = Visitor(history)
    sessions: list[Changed] = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.event_id)):
        session = visitor.session
        if session is None or begins_session(fact.at, session.started_at, session.last_at):
            sessions.append(Changed(visitor.begin(fact), [fact]))
        else:
            session.update(fact)
            sessions[-1].facts.append(fact)
    return sessions


def reach(sessions: Sequence[Span], arrived: Sequence[Fact]) -> int:
    """Until when (epoch ms) the facts that `arrived` may change `sessions`, which are sorted by start.

    Past a gap of more than 30 minutes sessions begin afresh, whatever was before it.
    """
    until = max(fact.at for fact in arrived)
    for session in sessions:
        if session.started_at > until + GAP_MS:
            break
        until = max(until, session.last_at)
    return until


def recount(history: History, stored: Sequence[Fact], arrived: Sequence[Fact], rollup: Rollup) -> Recounted:
    """Counts a visitor's `stored` and `arrived` facts of a stretch of time anew.

    `history` is of before the stretch. What differs goes into `rollup`. The arrived facts get their sessions' ids; the
    stored ones still have their former ones, and get theirs by `moved`.
    """
    former = take_back(stored, rollup)
    sessions = sessions_of([*stored, *arrived], history)
    present = {counted.session.session_id for counted in sessions}
    recounted = Recounted([], [], [former_id for former_id in former if former_id not in present])
    for counted in sessions:
        rollup.add_facts(counted.session.entry, counted.facts)
        rollup.add_session(counted.session)
        _tell_apart(counted, len(former.get(counted.session.session_id, ())), recounted)
    return recounted


def take_back(stored: Iterable[Fact], rollup: Rollup) -> dict[UUID, list[Fact]]:
    """Takes what `stored` facts were counted as, and their sessions, out of `rollup`; gives the facts by session."""
    former: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in stored:
        former[fact.session_id].append(fact)
    for facts in former.values():
        session = _as_one(facts)
        rollup.add_facts(session.entry, facts, -1)
        rollup.add_session(session, -1)
    return former


def _as_one(facts: Sequence[Fact]) -> SessionState:
    """The session that `facts` were counted as. (What came before it makes no difference to any count.)"""
    first, *others = sorted(facts, key=lambda fact: fact.at)
    session = SessionState(first.session_id, FIRST_VISIT, first)
    for fact in others:
        session.update(fact)
    return session


def _tell_apart(counted: Changed, had: int, recounted: Recounted) -> None:
    """Notes how a session differs from the stored one of its id, which had `had` facts."""
    own = counted.session.session_id
    moved = any(fact.session_id not in (None, own) for fact in counted.facts)
    arrived = any(fact.session_id is None for fact in counted.facts)
    if moved:
        recounted.moved.append(counted.session)
    if moved or arrived or had != len(counted.facts):
        recounted.changed.append(counted.session)
    for fact in counted.facts:
        if fact.session_id is None:
            fact.session_id = own
