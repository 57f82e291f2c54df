"""More events in columns than TimescaleDB turns back into rows for one statement: whatever changes some of them says
which, so that the rest stays as it is."""

from gooddata.persistence.retention.keep import end_what_is_due
from gooddata.persistence.retention.terms import put_term
from tests.conftest import Databases, new_project
from tests.integration.appended import append
from tests.integration.test_erasure import erase_person
from tests.integration.test_rebuild import rebuilt_since
from tests.integration.workbench import MINUTE, event, now, opened, page
from tests.timescale.test_product import DAY, jobs_run

# The limit is 100,000 rows.
MANY = 120_000
FILL = """
    INSERT INTO analytics.event (project_id, event_id, visitor, session_id, timestamp, type)
    SELECT $1, gen_random_uuid(), md5((n / 20)::text)::uuid, md5((n / 20)::text)::uuid,
           to_timestamp($2::double precision / 1000) + n * interval '1 second', 'track'
    FROM generate_series(1, $3::int) n"""


def beginning():
    """Of a chunk of more than a month ago; epoch ms."""
    week = 7 * DAY
    return (now() - 40 * DAY) // week * week


async def filled(bench):
    """A chunk in columns: the visits of v0, v1 and v2 on its second day, and MANY other events from the third on."""
    old = beginning() + DAY
    await append(bench.raw, bench.project, [page(old + n * MINUTE, f"v{n % 3}") for n in range(60)])
    bench.start()
    await bench.caught_up()
    await bench.analytics.execute(FILL, bench.project, float(old + DAY), MANY)
    await jobs_run(bench)
    assert await in_rows(bench) == 0
    return old


async def in_rows(bench):
    """Bytes of that chunk that are rows, not columns."""
    return await bench.analytics.fetchval(
        "SELECT sum(pg_relation_size(format('%I.%I', chunk_schema, chunk_name)::regclass))"
        " FROM timescaledb_information.chunks WHERE hypertable_name = 'event' AND is_compressed"
    )


async def count(bench):
    return await bench.analytics.fetchval("SELECT count(*) FROM analytics.event")


async def test_what_comes_late_or_out_of_order_and_an_erasure_leave_the_rest_in_columns(apart):
    # As plans become by themselves that are made often and cost little.
    apart = Databases(apart.raw_dsn, f"{apart.analytics_dsn}?plan_cache_mode=force_generic_plan")
    async with opened(apart) as bench:
        old = await filled(bench)
        today = now() - 100 * MINUTE

        # Clicks that join two sessions, of today and of weeks ago.
        for n in range(2):
            visits = [page(today, f"w{n}"), page(today + 40 * MINUTE, f"w{n}")]
            await append(bench.raw, bench.project, visits)
            await bench.caught_up()
            await append(bench.raw, bench.project, [event(today + 20 * MINUTE, f"w{n}")])
            await bench.caught_up()
        assert await in_rows(bench) == 0
        await append(bench.raw, bench.project, [page(old - 40 * MINUTE, "v0")])
        await bench.caught_up()
        await append(bench.raw, bench.project, [event(old - 20 * MINUTE, "v0")])
        await bench.caught_up()

        assert await count(bench) == 60 + MANY + 6 + 2
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.session") == 3 + 2
        receipt = await erase_person(apart, bench.project, visitor="v0")
        assert receipt.analytics["events"] == 22
        receipt = await erase_person(apart, bench.project, visitor="v1")
        assert receipt.analytics["events"] == 20
        assert await count(bench) == 20 + MANY + 6
        # Some thousand rows, of the columns that hold these visitors, too.
        assert 0 < await in_rows(bench) < 2_000_000


async def test_a_range_of_many_is_rebuilt(apart):
    async with opened(apart) as bench:
        old = await filled(bench)
        # Only what is in the log stays.
        await rebuilt_since(bench, old + 30 * MINUTE)
        assert await count(bench) == 60
        assert await bench.analytics.fetchval("SELECT sum(events) FROM analytics.session") == 60


async def test_the_term_of_one_project_goes_through_a_chunk_of_many(apart):
    async with opened(apart) as bench:
        old = await filled(bench)
        other = (await new_project(apart)).project
        await bench.analytics.execute(FILL, other, float(old), 1_000)
        # Up to the end of the first day of the many, which has 86,400 seconds.
        await put_term(bench.analytics, bench.project, "events", now() // DAY - (old + 2 * DAY) // DAY)
        ended = await end_what_is_due(apart.raw_dsn, apart.analytics_dsn)
        assert ended.rows["events"][bench.project] == 60 + 86_399
        of = "SELECT count(*) FROM analytics.event WHERE project_id = $1"
        assert await bench.analytics.fetchval(of, bench.project) == MANY - 86_399
        assert await bench.analytics.fetchval(of, other) == 1_000
