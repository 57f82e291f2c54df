"""What this build of TimescaleDB does, apart from the product: what README.md says of it is so."""

import asyncpg
import pytest

TABLE = """
    CREATE EXTENSION IF NOT EXISTS timescaledb;
    CREATE TABLE m (site text, at timestamptz, n bigint, PRIMARY KEY (site, at));
    SELECT create_hypertable('m', by_range('at', interval '7 days'));
    INSERT INTO m SELECT 's' || g % 40, timestamptz '2026-01-01' + g * interval '1 minute', 1
    FROM generate_series(0, 39999) g;
    ALTER TABLE m SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'site', timescaledb.orderby = 'at')"""
HOURS_AND_DAYS = """
    CREATE MATERIALIZED VIEW h WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT site, time_bucket('1 hour', at) AS hour, sum(n)::bigint AS n FROM m GROUP BY 1, 2 WITH NO DATA;
    CREATE MATERIALIZED VIEW d WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT site, time_bucket('1 day', hour) AS day, sum(n)::bigint AS n FROM h GROUP BY 1, 2 WITH NO DATA"""
TO_COLUMNS = """
    DO $$ DECLARE each regclass; BEGIN
        FOR each IN SELECT show_chunks('m') LOOP CALL convert_to_columnstore(each); END LOOP;
    END $$"""


@pytest.fixture
async def made(timescale):
    connection = await asyncpg.connect(timescale)
    for statement in TABLE.split(";"):
        await connection.execute(statement)
    yield connection
    await connection.close()


async def sums(connection):
    return tuple(
        await connection.fetchrow("SELECT (SELECT sum(n) FROM m), (SELECT sum(n) FROM h), (SELECT sum(n) FROM d)")
    )


async def run(connection, policy):
    job = await connection.fetchval(
        "SELECT max(job_id) FROM timescaledb_information.jobs WHERE proc_name = $1", f"policy_{policy}"
    )
    await connection.execute(f"CALL run_job({job})")


async def test_hours_and_days_follow_the_minutes(made):
    async with made.transaction():
        for statement in HOURS_AND_DAYS.split(";"):
            await made.execute(statement)
    assert await sums(made) == (40_000, 40_000, 40_000)
    for view, step in (("h", "1 hour"), ("d", "1 day")):
        await made.execute(
            f"SELECT add_continuous_aggregate_policy('{view}', NULL, interval '{step}', interval '10 minutes')"
        )
        await run(made, "refresh_continuous_aggregate")
    await made.execute("UPDATE m SET n = n + 1 WHERE at < '2026-01-02'")
    assert await sums(made) == (41_440, 40_000, 40_000)
    for view in "hd":
        await made.execute(f"CALL refresh_continuous_aggregate('{view}', NULL, NULL)")
    assert await sums(made) == (41_440, 41_440, 41_440)
    # What is dropped stays in them until they are refreshed.
    await made.execute("SELECT drop_chunks('m', older_than => timestamptz '2026-01-16')")
    left, hours, days = await sums(made)
    assert left < 41_440 and hours == days == 41_440
    for view in "hd":
        await made.execute(f"CALL refresh_continuous_aggregate('{view}', NULL, NULL)")
    assert await sums(made) == (left, left, left)


async def test_policies_put_in_columns_and_drop(made):
    await made.execute("CALL add_columnstore_policy('m', after => interval '1 day')")
    await run(made, "compression")
    chunks = "SELECT count(*), count(*) FILTER (WHERE is_compressed) FROM timescaledb_information.chunks"
    assert tuple(await made.fetchrow(chunks)) == (4, 4)
    await made.execute("SELECT add_retention_policy('m', drop_after => now() - timestamptz '2026-01-16')")
    await run(made, "retention")
    assert tuple(await made.fetchrow(chunks)) == (2, 2)


async def test_what_is_in_columns_can_be_changed(made):
    await made.execute(TO_COLUMNS)
    with pytest.raises(asyncpg.UniqueViolationError):
        await made.execute("INSERT INTO m VALUES ('s0', '2026-01-01', 1)")
    put = "INSERT INTO m VALUES ('s0', '2026-01-01', 5) ON CONFLICT (site, at) DO UPDATE SET n = m.n + excluded.n"
    assert await made.fetchval(f"{put} RETURNING n") == 6
    assert await made.execute("UPDATE m SET n = 7 WHERE site = 's0' AND at = '2026-01-01 00:40Z'") == "UPDATE 1"
    assert await made.execute("DELETE FROM m WHERE site = 's1' AND at < '2026-01-02Z'") == "DELETE 36"
    await made.copy_records_to_table("m", records=[("new", await made.fetchval("SELECT timestamptz '2026-01-01'"), 1)])
    await made.execute(TO_COLUMNS)
    await made.execute("ALTER TABLE m ADD label text")
    assert tuple(await made.fetchrow("SELECT count(*), sum(n) FROM m")) == (40_000 - 36 + 1, 40_000 - 36 + 5 + 6 + 1)


async def test_it_finds_what_to_turn_back_into_rows_by_constants_alone(made):
    """The reason for gooddata/persistence/in_columns.py."""
    await made.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 5000")
    await made.execute(TO_COLUMNS)
    one = "UPDATE m SET n = n + 1 WHERE site = $1"
    joined = "UPDATE m SET n = n + 1 FROM unnest($1::text[]) s (site) WHERE m.site = s.site"
    assert await made.execute(one, "s0") == "UPDATE 1000"
    for site in ("s1", "nobody"):
        with pytest.raises(asyncpg.ConfigurationLimitExceededError):
            await made.execute(joined, [site])
    await made.execute("SET plan_cache_mode = force_generic_plan")
    with pytest.raises(asyncpg.ConfigurationLimitExceededError):
        await made.execute(one, "s1")


async def test_what_it_refuses(made):
    for statement, reason in (
        ("CREATE UNIQUE INDEX ON m (site)", 'without the column "at"'),
        ("ALTER TABLE m ALTER n TYPE numeric", "not supported on hypertables that have columnstore"),
        ("SET timescaledb.license = 'apache'", "Cannot change a license"),
        ("CALL convert_to_columnstore((SELECT show_chunks('m') LIMIT 1))", "cannot use subquery"),
        ("CREATE INDEX CONCURRENTLY ON m (n)", "do not support concurrent"),
    ):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await made.execute(statement)
        assert reason in f"{refused.value} {refused.value.detail}", statement
