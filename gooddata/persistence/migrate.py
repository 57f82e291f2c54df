"""Makes and upgrades both databases: numbered SQL files, each applied once, in order, under a lock."""

import asyncio
import hashlib
import logging
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from gooddata.errors import ConfigurationError

# Any constant does, so long as every GoodData that migrates takes the same lock.
_LOCK = 7_013_046_011

# While a migration waits for a table, whoever comes after it waits, too, ingestion among them.
_LOCK_MS = 500
_PAUSE_SECONDS = 1.0
_ATTEMPTS = 120

logger = logging.getLogger(__name__)


class Migration(msgspec.Struct, frozen=True):
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(database: str) -> list[Migration]:
    """The migrations of `database` ("raw" or "analytics"), in order."""
    folder = resources.files("gooddata.persistence").joinpath("migrations", database)
    files = sorted(file for file in (f.name for f in folder.iterdir()) if file.endswith(".sql"))
    return [
        Migration(int(name.split("_", 1)[0]), name.removesuffix(".sql"), folder.joinpath(name).read_text("utf-8"))
        for name in files
    ]


async def migrate(raw_dsn: str, analytics_dsn: str, *, partitions: int) -> list[str]:
    """Brings both databases up to date and returns the names of what was applied.

    Raises ConfigurationError when a database cannot be reached or changed by this login, when an applied migration has
    since been edited, or when the database is of a newer GoodData than this one.
    """
    applied = [f"raw/{name}" for name in await migrate_one(raw_dsn, "raw")]
    await _make_partitions(raw_dsn, partitions)
    return applied + [f"analytics/{name}" for name in await migrate_one(analytics_dsn, "analytics")]


async def migrate_one(dsn: str, database: str, *, newest: int | None = None) -> list[str]:
    """As `migrate`, one database ("raw" or "analytics") alone, without the partitions of its log; no further than to
    migration number `newest`."""
    connection = await connect(dsn)
    wanted = migrations(database)[:newest]
    applied = []
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            """CREATE TABLE IF NOT EXISTS public.gooddata_migration (
                   version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
                   applied_at timestamptz NOT NULL DEFAULT now())"""
        )
        there = {row["version"]: row for row in await connection.fetch("TABLE public.gooddata_migration")}
        if unknown := set(there) - {migration.version for migration in wanted}:
            raise ConfigurationError(
                f"the {database} database was upgraded by a newer GoodData (migration {max(unknown)}); use that version"
            )
        if database == "analytics" and not there:
            await _use_timescale(connection)
        for migration in wanted:
            if known := there.get(migration.version):
                if known["checksum"] != migration.checksum:
                    raise ConfigurationError(
                        f"migration {database}/{migration.name} differs from the one applied to this database; "
                        "use the GoodData version that made it, or start with a new database"
                    )
                continue
            await _apply_one(connection, database, migration)
            applied.append(migration.name)
    except asyncpg.InsufficientPrivilegeError as failure:
        raise ConfigurationError(
            f"the {database} database cannot be made or upgraded by this login ({failure}): it takes the one that owns "
            "the database, with CREATEROLE; see docs/deploy.md"
        ) from None
    finally:
        await connection.close()
    return applied


async def _use_timescale(connection: asyncpg.Connection) -> None:
    """Where a new database may have TimescaleDB, it gets it; one that has tables already stays what it is."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')"):
        return
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    except asyncpg.PostgresError as failure:
        raise ConfigurationError(
            f"TimescaleDB is installed on the analytics server and cannot be used ({failure}): have a superuser run "
            "CREATE EXTENSION timescaledb in this database, or take it off the server"
        ) from None


async def _apply_one(connection: asyncpg.Connection, database: str, migration: Migration) -> None:
    """In one transaction, that never has others wait behind it for longer than it may itself wait for a table."""
    for attempt in range(_ATTEMPTS):
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = {_LOCK_MS}")
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO public.gooddata_migration (version, name, checksum) VALUES ($1, $2, $3)",
                    migration.version,
                    migration.name,
                    migration.checksum,
                )
            return
        except asyncpg.LockNotAvailableError:
            if attempt == 0:
                logger.warning("migration %s/%s waits for a table that is in use", database, migration.name)
            await asyncio.sleep(_PAUSE_SECONDS)
    raise ConfigurationError(
        f"migration {database}/{migration.name} could not have its tables, {_ATTEMPTS} times: end what reads them for "
        "long (an export, a dump, a transaction left open), and run it again"
    )


async def _make_partitions(dsn: str, partitions: int) -> None:
    """The number of partitions is fixed when the log is made: a visitor's events must stay in one of them."""
    connection = await connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            """INSERT INTO raw.partition (partition)
               SELECT n FROM generate_series(0, $1 - 1) n WHERE NOT EXISTS (SELECT FROM raw.partition)""",
            partitions,
        )
    finally:
        await connection.close()


async def connect(dsn: str) -> asyncpg.Connection:
    """The owner's connection to a database, which is made if there is none.

    Raises ConfigurationError when the server does not answer, or does not let it be made.
    """
    try:
        return await asyncpg.connect(dsn)
    except asyncpg.InvalidCatalogNameError:
        await _create_database(dsn)
        return await asyncpg.connect(dsn)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidAuthorizationSpecificationError) as failure:
        raise ConfigurationError(f"the database does not answer: {failure}") from None


async def _create_database(dsn: str) -> None:
    parts = urlsplit(dsn)
    name = parts.path.lstrip("/")
    try:
        connection = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
        try:
            await connection.execute(f'CREATE DATABASE "{name.replace(chr(34), chr(34) * 2)}"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another migration was quicker
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as failure:
        raise ConfigurationError(f"the database {name!r} does not exist and cannot be made: {failure}") from None
