"""Moves the analytics database to another server, such as one with TimescaleDB, with every row."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError, InputError
from gooddata.persistence.migrate import connect, migrate_one
from gooddata.sql import statement

_TABLES = statement(__package__, "tables_to_move")
_ROOM = statement(__package__, "room_to_make")
_PORTIONS = 16  # that were read and not written yet, of some 64 kB each


async def move_analytics(source_dsn: str, target_dsn: str, say: Callable[[str], None]) -> dict[str, int]:
    """Copies everything from the one database into the other, which must hold nothing yet: rows by table.

    All of it as of one moment, cursors included: workers go on meanwhile, and those that are started on the target take
    the log up from there. Both logins own their databases. Raises ConfigurationError where a database cannot be used,
    and InputError where the target is in use.
    """
    await migrate_one(target_dsn, "analytics")
    reader, target = await connect(source_dsn), await connect(target_dsn)
    try:
        await _require_empty(target)
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            return await _copy(reader, target, say)
    except asyncpg.InsufficientPrivilegeError as failure:
        raise ConfigurationError(f"moving takes the owner's login on both databases ({failure})") from None
    finally:
        for connection in (reader, target):
            await connection.close()


async def _require_empty(target: Any) -> None:
    if await target.fetchval("SELECT EXISTS (SELECT FROM control.project) OR EXISTS (SELECT FROM analytics.cursor)"):
        raise InputError(
            "the database to move to holds projects already: name one that is empty, or does not exist yet"
        )


async def _copy(reader: Any, target: Any, say: Callable[[str], None]) -> dict[str, int]:
    there = {row["name"]: row["columns"] for row in await target.fetch(_TABLES)}
    moved: dict[str, int] = {}
    for since, until in await reader.fetch(_ROOM):
        await target.execute("SELECT analytics.make_room($1, $2)", since, until)
    async with target.transaction():
        for name, columns in await reader.fetch(_TABLES):
            if unknown := set(columns) - set(there.get(name, ())):
                raise ConfigurationError(
                    f"the database to move from is of a newer version, with {', '.join(sorted(unknown))} in {name}: "
                    "use that version"
                )
            moved[name] = await _copy_table(reader, target, name, columns)
            if moved[name] != await reader.fetchval(f"SELECT count(*) FROM {name}"):
                raise ConfigurationError(f"not all rows of {name} arrived; nothing was kept of what did")
            say(f"{name}: {moved[name]:,} rows")
    return moved


async def _copy_table(reader: Any, target: Any, name: str, columns: list[str]) -> int:
    schema, table = name.split(".")
    portions: asyncio.Queue[bytes | None] = asyncio.Queue(_PORTIONS)

    async def arriving() -> AsyncIterator[bytes]:
        while (portion := await portions.get()) is not None:
            yield portion

    async def read() -> None:
        try:
            quoted = ", ".join(f'"{column}"' for column in columns)
            await reader.copy_from_query(f"SELECT {quoted} FROM {name}", output=portions.put, format="binary")
        finally:
            await portions.put(None)

    reading = asyncio.create_task(read())
    try:
        status: str = await target.copy_to_table(
            table, schema_name=schema, source=arriving(), columns=columns, format="binary"
        )
    except BaseException:
        reading.cancel()
        raise
    await reading
    return int(status.split()[-1])
