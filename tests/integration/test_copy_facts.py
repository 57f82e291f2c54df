"""Facts are stored, by our own binary COPY, as what asyncpg would have stored of them."""

import uuid

import asyncpg
import msgspec
import pytest
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import COLUMNS
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.copy_facts import copied
from tests.unit.intelligence.given import START, a_fact

SESSION = UUID(uuid.uuid4().bytes)
VECTOR = [0.0, 1.5, -2.25, 3.0e38]


def a_stored_fact(**fields):
    return a_fact(**({"session_id": SESSION} | fields))


FACTS = [
    a_stored_fact(),
    a_stored_fact(name='Ünïcode \\ " \t\n {}', path="/ä", source="", campaign="NULL", country="DE"),
    a_stored_fact(user=UUID(uuid.uuid4().bytes), device="mobile", browser="Firefox", at=1),
    a_stored_fact(product="0042", category="Tea", value=-0.0001, revenue=1e12, goal=True),
    a_stored_fact(value=0.0, revenue=None),
    a_stored_fact(value=0, revenue=False or None, engaged_ms=86_400_000, scroll=100.0, at=START + 1),
    a_stored_fact(vector=VECTOR, vector_version=3, simulated=True),
    a_stored_fact(vector=[float("nan"), float("inf"), -0.0, 1.0], vector_version=3, automated=True),
    a_stored_fact(properties='{"plan":"pro","seats":3}', type="page", name=None),
]


@pytest.fixture
async def twin(databases):
    connection = await asyncpg.connect(databases.analytics_dsn)
    await use_milliseconds(connection)
    await connection.execute("CREATE TEMP TABLE twin (LIKE analytics.event)")
    yield connection
    await connection.close()


async def test_every_column_of_every_kind_of_fact(twin):
    rows = [msgspec.structs.astuple(fact)[: len(COLUMNS)] for fact in FACTS]
    await twin.copy_records_to_table("twin", columns=COLUMNS, records=rows)
    wanted = [str(each) for each in await twin.fetch("SELECT * FROM twin")]
    await twin.execute("TRUNCATE twin")
    await twin.copy_to_table("twin", columns=COLUMNS, source=copied(FACTS), format="binary")
    assert [str(each) for each in await twin.fetch("SELECT * FROM twin")] == wanted
    assert len(wanted) == len(FACTS)


async def test_a_value_that_does_not_fit_is_the_contents_fault(twin):
    with pytest.raises(ValueError, match="does not fit"):
        copied([a_stored_fact(engaged_ms=2**40)])
    with pytest.raises(asyncpg.DataError):
        await twin.copy_to_table("twin", columns=COLUMNS, source=copied([a_stored_fact(name="a\0b")]), format="binary")
