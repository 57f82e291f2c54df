"""The quick way: a visitor's newest facts, in or after the latest session, without a look at the tables."""

from collections.abc import Sequence

import msgspec

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.sessions.rule import begins_session
from gooddata.intelligence.sessions.state import SessionState, attributes, entry_key
from gooddata.intelligence.sessions.visitor import Visitor


class Changed(msgspec.Struct):
    """A session and the facts that it took in."""

    session: SessionState
    facts: list[Fact]


def advance(visitor: Visitor, facts: Sequence[Fact], rollup: Rollup) -> list[SessionState] | None:
    """Takes `facts`, sorted by time, into the visitor's sessions, and what they add into `rollup`.

    None, with nothing changed, when they reach back behind the latest session's start, or change by what it was
    entered, so that facts which were counted already would count for another source: then a recount is due.
    """
    session = visitor.session
    if session is not None and (facts[0].at < session.started_at or _moves_entry(session, facts)):
        return None
    known, bounced = session, session is not None and session.is_bounce()
    changed: list[Changed] = []
    for fact in facts:
        if session is None or begins_session(fact.at, session.started_at, session.last_at):
            session = visitor.begin(fact)
            changed.append(Changed(session, [fact]))
        else:
            session.update(fact)
            if not changed:
                changed.append(Changed(session, []))
            changed[-1].facts.append(fact)
        fact.session_id = session.session_id
    for change in changed:
        rollup.add_facts(change.session.entry, change.facts)
        if change.session is not known:
            rollup.add_session(change.session)
        elif bounced != change.session.is_bounce():
            rollup.add_bounce(change.session, -1 if bounced else 1)
    return [change.session for change in changed]


def _moves_entry(session: SessionState, facts: Sequence[Fact]) -> bool:
    entered = session.entry_key
    if not entered[0] and facts[0].at > entered[1]:
        return False
    return any(entry_key(fact) < entered and attributes(fact) != session.entry for fact in facts)
