"""The data that questions are put to: made in a folder of its own, or found there, or on a server, from before."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.contenders import postgres_of
from bench.query.plain_table import fill_plain, has_plain
from bench.query_data.blocks import write_due_blocks
from bench.query_data.fill import PROJECT, fill
from gooddata.config import Settings
from gooddata.errors import ConfigurationError, InputError
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.embedded.server_log import LOG_FILE
from gooddata.persistence.migrate import migrate, migrate_one
from gooddata.sql import statement

Tell = Callable[[str], None]

_FILLED = "filled.json"  # beside the server: the filling came to its end
# Fewer checkpoints while it is filled; afterwards the server has the settings that the product gives it.
_WHILE_FILLING = ("ALTER SYSTEM SET max_wal_size = '6GB'", "ALTER SYSTEM SET checkpoint_timeout = '15min'")
_AFTERWARDS = ("ALTER SYSTEM RESET max_wal_size", "ALTER SYSTEM RESET checkpoint_timeout")
_RELOAD = "SELECT pg_reload_conf()"
_CONTENTS = statement(__package__, "contents")


class Data(msgspec.Struct, frozen=True):
    """Where it is and what; `postgres` is the server that was started for it, None where that is somebody else's."""

    raw_dsn: str
    analytics_dsn: str
    events: int
    sessions: int
    since: datetime
    until: datetime
    postgres: EmbeddedPostgres | None = None

    @property
    def log(self) -> Path | None:
        return self.postgres.folder / LOG_FILE if self.postgres else None


@asynccontextmanager
async def data_in(
    folder: Path, events: int, days: int, seed: int, tell: Tell, plain: bool = True
) -> AsyncIterator[Data]:
    """Starts the server in `folder`, and makes there what is missing: the product's tables, and the plain one."""
    with postgres_of(folder) as postgres:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        await migrate(raw_dsn, analytics_dsn, partitions=Settings().partitions)
        connection = await asyncpg.connect(analytics_dsn)
        try:
            if not (folder / _FILLED).exists():
                await _fill(connection, folder, events, days, seed, tell)
            await write_due_blocks(connection, PROJECT, tell)
            data = await contents(connection, raw_dsn, analytics_dsn, postgres)
            if plain and not await has_plain(connection):
                await _alter(connection, _WHILE_FILLING)
                await fill_plain(connection, data.since, data.until, tell)
                await _alter(connection, _AFTERWARDS)
        finally:
            await connection.close()
        yield data


@asynccontextmanager
async def data_at(dsn: str, tell: Tell, plain: bool = True) -> AsyncIterator[Data]:
    """Data that is on a server already; raw, which is empty, stands beside it on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place, postgres_of(Path(place)) as postgres:
        raw_dsn = postgres.dsn("gooddata_raw")
        await migrate(raw_dsn, postgres.dsn("gooddata_analytics"), partitions=Settings().partitions)
        await migrate_one(dsn, "analytics")
        connection = await asyncpg.connect(dsn)
        try:
            await write_due_blocks(connection, PROJECT, tell)
            data = await contents(connection, raw_dsn, dsn)
            if plain and not await has_plain(connection):
                await fill_plain(connection, data.since, data.until, tell)
        finally:
            await connection.close()
        yield data


async def contents(connection: Any, raw_dsn: str, analytics_dsn: str, postgres: EmbeddedPostgres | None = None) -> Data:
    """What is there. Raises InputError where there is nothing of the project."""
    found = await connection.fetchrow(_CONTENTS, PROJECT)
    if found["events"] is None:
        raise InputError(
            f"there are no events of project {PROJECT!r}; run: python -m bench.query_data --dsn ...", "dsn"
        )
    since, until = found["since"].astimezone(UTC), found["until"].astimezone(UTC)
    return Data(raw_dsn, analytics_dsn, found["events"], found["sessions"], since, until, postgres)


async def _fill(connection: Any, folder: Path, events: int, days: int, seed: int, tell: Tell) -> None:
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await _alter(connection, _WHILE_FILLING)
    try:
        filled = await fill(connection, events=events, days=days, seed=seed, until=until, tell=tell)
    except InputError:
        raise ConfigurationError(f"filling {folder} was broken off; remove that folder, or name another one") from None
    tell("vacuum and analyze")
    await connection.execute("VACUUM (ANALYZE)")
    await _alter(connection, _AFTERWARDS)
    (folder / _FILLED).write_bytes(msgspec.json.encode(filled))


async def _alter(connection: Any, changes: tuple[str, ...]) -> None:
    for change in changes:
        await connection.execute(change)
    await connection.execute(_RELOAD)
