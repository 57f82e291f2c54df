"""Any order of arrival in any batches gives the sessions, counts and features of a plain recount."""

import math
import uuid
from collections import Counter
from itertools import pairwise
from unittest import mock

from asyncpg.pgproto.pgproto import UUID
from hypothesis import given, settings
from hypothesis import strategies as st

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.sessions import rule
from gooddata.intelligence.sessions.advance import advance
from gooddata.intelligence.sessions.features import features
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import Span, reach, recount, sessions_of
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.sessions.rule import GAP_MS, LONGEST_MS
from gooddata.intelligence.sessions.visitor import Visitor
from tests.unit.intelligence.given import START, a_fact

MINUTE = 60_000
STEPS = [0, 1, MINUTE, 29 * MINUTE, GAP_MS, GAP_MS + 1, 31 * MINUTE, 8 * 60 * MINUTE, LONGEST_MS]


class Tables:
    """What a worker writes of one visitor, and what it keeps in memory, without a database."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.sessions: dict[UUID, list[float]] = {}
        self.cells: Counter = Counter()
        self.visitor: Visitor | None = Visitor()

    def take(self, arrived: list[Fact]) -> None:
        arrived = sorted(arrived, key=lambda fact: fact.at)
        rollup = Rollup()
        changed = advance(self.visitor, arrived, rollup) if self.visitor is not None else None
        if changed is None:
            changed = self._recount(arrived, rollup)
            self.visitor = None
        self.facts += arrived
        for session in changed:
            self.sessions[session.session_id] = described(session)
        for project, dimension, minute, value, *counts in rollup.rows():
            for place, count in enumerate(counts):
                self.cells[project, dimension, minute, value, place] += count

    def _recount(self, arrived, rollup):
        stored = sessions_of(self.facts, FIRST_VISIT)
        before = [s for s in stored if s.session.started_at <= arrived[0].at][:-1]
        history = (
            before[-1].session.history.after(before[-1].session.goals > 0, before[-1].session.last_at)
            if before
            else FIRST_VISIT
        )
        later = stored[len(before) :]
        until = reach([Span(s.session.started_at, s.session.last_at) for s in later], arrived)
        since = later[0].session.started_at if later else arrived[0].at
        within = [fact for fact in self.facts if since <= fact.at <= until]
        recounted = recount(history, within, arrived, rollup)
        for session_id in recounted.vanished:
            del self.sessions[session_id]
        for session in recounted.moved:
            for fact in self.facts:
                if session.started_at <= fact.at <= session.last_at:
                    fact.session_id = session.session_id
        return recounted.changed

    def forget(self) -> None:
        """As when memory is full: the visitor is grown again from what is stored."""
        self.visitor = Visitor()
        stored = sessions_of(self.facts, FIRST_VISIT)
        if stored:
            self.visitor = Visitor(stored[-1].session.history, stored[-1].session)


def described(session):
    """Everything of a session but its history, which a later arrival may yet change."""
    own = features(session)
    places = slice(0, 25)
    return [
        session.started_at, session.last_at, session.last_event, session.last_path, session.entry, session.goals,
        session.revenue, session.simulated, session.is_bounce(),
        *("nan" if math.isnan(value) else value for value in own[places] + own[28:]),
    ]  # fmt: skip


@st.composite
def visits(draw):
    """A visitor's facts in any order, cut into batches; times repeat, and lie on both sides of every limit."""
    at, facts = START, []
    for number in range(draw(st.integers(1, 14))):
        at += draw(st.sampled_from(STEPS))
        kind = draw(st.sampled_from(["page", "track", "$click", "$engagement", "identify", "Product Added"]))
        fields = {
            "event_id": UUID(uuid.UUID(int=draw(st.integers(0, 2**64)) * 1_000 + number).bytes),
            "path": draw(st.sampled_from([None, "/", "/a"])),
            "source": draw(st.sampled_from([None, "google"])),
            "goal": draw(st.integers(0, 5)) == 0,
            "revenue": draw(st.sampled_from([None, 0.1, 0.2])),
            "value": draw(st.sampled_from([None, 0.1, 0.7])),
            "engaged_ms": draw(st.sampled_from([None, 10])),
        }
        if kind in ("page", "identify"):
            facts.append(
                a_fact(
                    at,
                    kind,
                    "Product Viewed" if draw(st.booleans()) else None,
                    product=draw(st.sampled_from(["p", "q"])),
                    **fields,
                )
            )
        else:
            facts.append(a_fact(at, "track", kind if kind != "track" else "Signed Up", **fields))
    facts = draw(st.permutations(facts))
    cuts = sorted(draw(st.sets(st.integers(0, len(facts)))) | {0, len(facts)})
    return [list(facts[a:b]) for a, b in pairwise(cuts) if a < b]


def plain_spans(times, longest):
    """The rule again, in as few words as it takes, so that the code does not only agree with itself."""
    spans = []
    for at in sorted(times):
        if spans and at - spans[-1][1] <= 30 * 60_000 and at - spans[-1][0] <= longest:
            spans[-1][1] = at
        else:
            spans.append([at, at])
    return spans


@settings(max_examples=300, deadline=None)
@given(visits(), st.integers(0, 3), st.sampled_from([LONGEST_MS, 45 * MINUTE]))
def test_any_order_and_batching_equals_a_plain_recount(batches, forgetful, longest):
    # A day of events every half an hour would take too many of them: the limit is lowered as well.
    with mock.patch.object(rule, "LONGEST_MS", longest):
        holds(batches, forgetful, longest)


def holds(batches, forgetful, longest):
    tables = Tables()
    for number, batch in enumerate(batches):
        if tables.visitor is None or (forgetful and number % forgetful == 0):
            tables.forget()
        tables.take(batch)
    rollup = Rollup()
    everything = [fact for batch in batches for fact in batch]
    had = {fact.event_id: fact.session_id for fact in everything}
    expected = {}
    for counted in sessions_of(everything, FIRST_VISIT):
        expected[counted.session.session_id] = described(counted.session)
        assert {had[fact.event_id] for fact in counted.facts} == {counted.session.session_id}
        rollup.add_facts(counted.session.entry, counted.facts)
        rollup.add_session(counted.session)
    assert tables.sessions == expected
    assert sorted(row[:2] for row in expected.values()) == plain_spans((fact.at for fact in everything), longest)
    cells = {
        (project, dimension, minute, value, place): count
        for project, dimension, minute, value, *counts in rollup.rows()
        for place, count in enumerate(counts)
        if count
    }
    assert {key: round(count, 9) for key, count in tables.cells.items() if round(count, 9)} == {
        key: round(count, 9) for key, count in cells.items()
    }
