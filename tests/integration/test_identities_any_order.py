"""Any order of arrival, in any batches, with anything twice, gives what the plain rules give of the sorted events."""

import uuid
from itertools import pairwise

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.intelligence.identities.write import write_claims
from gooddata.intelligence.moments import use_milliseconds
from tests.integration.appended import body_of
from tests.integration.plain_identities import HALF_HOUR, expected, stored
from tests.integration.workbench import MINUTE, PSEUDONYMS

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
START = 1_790_000_000_000 // HALF_HOUR * HALF_HOUR
STEPS = [0, 0, 1, 1, MINUTE, MINUTE, 12 * MINUTE, HALF_HOUR - 1, HALF_HOUR, 31 * MINUTE]
VISITORS = ["v1", "v1", "v1", "v2", "jane"]
USERS = ["jane", "jane", "jane", "tom", "tom", "v2"]  # one of them has the id of a visitor


@st.composite
def histories(draw):
    """Events in any order, cut into batches, some sent twice; and links that were undone at some moment."""
    at, events = START, []
    for number in range(draw(st.integers(1, 14))):
        at += draw(st.sampled_from(STEPS))
        kind = draw(st.sampled_from(["identify", "track", "alias", "group"]))
        sent = {"id": str(uuid.UUID(int=draw(st.integers(0, 3)) * 1_000 + number)), "type": kind, "timestamp": at}
        sent["visitor"] = draw(st.sampled_from([*VISITORS, None, "null"]))
        sent["user"] = draw(st.sampled_from([*USERS, *USERS, None, "", "guest"]))
        if kind == "alias":
            sent["previousId"] = draw(st.sampled_from([*VISITORS, *USERS, None, "null"]))
        if kind == "group":
            sent["groupId"] = draw(st.sampled_from(["acme", "acme", "acme", "umbrella", None, "null"]))
        if kind == "track":
            sent["name"] = "Buy"
        events.append(sent)
    pairs = [(e["visitor"] or e["user"], e["user"], e["timestamp"]) for e in events if e["user"] in USERS]
    undone = {}
    for visitor, user, moment in draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []:
        undone[visitor, user, moment + draw(st.sampled_from([-1, 0, 0, 1]))] = draw(st.integers(0, 3)) == 0
    arrivals = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=3))))
    cuts = sorted(draw(st.sets(st.integers(0, len(arrivals)))) | {0, len(arrivals)})
    return (
        events,
        [(*link, restored) for link, restored in undone.items()],
        [list(arrivals[a:b]) for a, b in pairwise(cuts) if a < b],
    )


@pytest.fixture(scope="module")
async def analytics(shared):
    connection = await asyncpg.connect(shared.analytics_dsn)
    await use_milliseconds(connection)
    yield connection
    connection.terminate()


@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
@given(histories())
async def test_any_order_and_batching_equals_the_plain_rules(analytics, history):
    events, undone, batches = history
    extractor = Extractor(PSEUDONYMS, Goals())
    transaction = analytics.transaction()
    await transaction.start()
    try:
        for visitor, user, moment, restored in undone:
            await analytics.execute(
                "INSERT INTO analytics.identity_unlink VALUES ('p', $1, $2, $3, 'me', NULL, $4, $5)",
                PSEUDONYMS.visitor("p", visitor), PSEUDONYMS.user("p", user), moment,
                moment + 1 if restored else None, "me" if restored else None,
            )  # fmt: skip
        for batch in batches:
            facts = extractor.facts(decode_groups(body_of(batch, "p")))
            await write_claims(analytics, facts)
        assert await stored(analytics, "p") == expected("p", events, undone)
    finally:
        await transaction.rollback()
