import uuid

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.sessions.rule import begins_session, session_id
from tests.unit.intelligence.given import DAY, MINUTE, START, VISITOR


def test_half_an_hour_of_nothing_ends_a_session_and_so_does_a_day():
    assert not begins_session(START + 30 * MINUTE, START, START)
    assert begins_session(START + 30 * MINUTE + 1, START, START)
    assert not begins_session(START + DAY, START, START + DAY - 1)
    assert begins_session(START + DAY + 1, START, START + DAY)


def test_a_session_has_one_id_whoever_computes_it():
    own = session_id("shop", VISITOR, START)
    assert own == session_id("shop", uuid.UUID(str(VISITOR)), START) == UUID(str(own))
    others = {
        session_id("other", VISITOR, START),
        session_id("shop", VISITOR, START + 1),
        session_id("shop", own, START),
    }
    assert len(others | {own}) == 4
