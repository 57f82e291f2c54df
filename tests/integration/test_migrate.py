import asyncio

import asyncpg
import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.migrate import migrate, migrations


async def test_migrating_again_changes_nothing(databases):
    assert await migrate(databases.raw_dsn, databases.analytics_dsn, partitions=9) == []
    connection = await asyncpg.connect(databases.raw_dsn)
    assert await connection.fetchval("SELECT count(*) FROM raw.partition") == 4, "the number of partitions is fixed"
    await connection.close()


async def test_missing_databases_are_made_even_by_two_at_once(postgres):
    dsns = postgres.dsn("new_raw"), postgres.dsn("new_analytics")
    first, second = await asyncio.gather(*(migrate(*dsns, partitions=2) for _ in range(2)))
    assert sorted(first + second) == sorted(
        f"{database}/{migration.name}" for database in ("raw", "analytics") for migration in migrations(database)
    )


async def test_a_database_of_a_newer_version_is_left_alone(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    await connection.execute("INSERT INTO gooddata_migration (version, name, checksum) VALUES (99, 'later', '')")
    await connection.close()
    with pytest.raises(ConfigurationError, match="newer GoodData"):
        await migrate(databases.raw_dsn, databases.analytics_dsn, partitions=4)


async def test_a_migration_that_was_edited_after_it_was_applied_is_noticed(databases):
    connection = await asyncpg.connect(databases.analytics_dsn)
    await connection.execute("UPDATE gooddata_migration SET checksum = 'other' WHERE version = 2")
    await connection.close()
    with pytest.raises(ConfigurationError, match="analytics/0002"):
        await migrate(databases.raw_dsn, databases.analytics_dsn, partitions=4)


async def test_a_database_that_does_not_answer_is_said_so(databases):
    with pytest.raises(ConfigurationError, match="does not answer"):
        await migrate("postgresql://nobody:x@127.0.0.1:1/x", databases.analytics_dsn, partitions=4)


def test_migrations_are_numbered_without_gaps():
    for database in ("raw", "analytics"):
        assert [migration.version for migration in migrations(database)] == list(
            range(1, len(migrations(database)) + 1)
        )
