"""Puts a backup into two databases that hold nothing yet."""

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError, GoodDataError, InputError
from gooddata.persistence.backup.manifest import DUMPS, Manifest
from gooddata.persistence.backup.programs import fill, run_program
from gooddata.persistence.backup.take import require_in_step
from gooddata.persistence.migrate import connect, migrations

_HOLDS = """SELECT count(*) FROM pg_class
            WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"""
_THERE = "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1::text[])"
_OURS = "gooddata_"
_POSITIONS = {
    "raw": "SELECT partition, head FROM raw.partition",
    "analytics": "SELECT partition, seq FROM analytics.cursor",
}
# Granted by whoever restores, on what they make from now on.
_DEFAULT = re.compile(r"^ALTER DEFAULT PRIVILEGES FOR ROLE (?:\"(?:[^\"]|\"\")+\"|\S+) ", re.MULTILINE)


def require_fitting(manifest: Manifest) -> None:
    """Raises ConfigurationError where this version is older than the one that took the backup."""
    for name, newest in manifest.migrations.items():
        if newest > len(migrations(name)):
            raise ConfigurationError(
                f"the backup was taken by a newer GoodData, {manifest.gooddata} ({name} migration {newest}); use that "
                "version, or a later one"
            )


async def put_back(
    folder: Path, manifest: Manifest, dsns: Mapping[str, str], say: Callable[[str], None]
) -> dict[str, int]:
    """Fills both databases, which are made where they do not exist, each in one transaction: bytes by dump.

    The logins are to own them. Raises InputError where one holds something already, ConfigurationError where it cannot
    be used, GoodDataError where a dump cannot be read.
    """
    for name, dsn in dsns.items():
        connection: Any = await connect(dsn)
        try:
            await _require_room(connection, name, manifest)
            await _make_roles(connection, manifest.roles)
        finally:
            await connection.close()
    found: dict[str, dict[int, int]] = {}
    # Raw first: what is without the other, should this be cut short, is a log that nobody has read.
    for name in ("raw", "analytics"):
        say(f"restoring {name}, {manifest.files[DUMPS[name]].bytes:,} bytes")
        found[name] = await _fill(folder / DUMPS[name], dsns[name], name)
    if (found["raw"], found["analytics"]) != (manifest.heads, manifest.cursors):
        raise GoodDataError("what was restored does not stand where the backup says: drop both databases again")
    require_in_step(found["raw"], found["analytics"])
    return {name: manifest.files[dump].bytes for name, dump in DUMPS.items()}


async def _require_room(connection: Any, name: str, manifest: Manifest) -> None:
    if await connection.fetchval(_HOLDS):
        raise InputError(
            f"the {name} database holds something already, and nothing is written over: name one in "
            f"GOODDATA_{name.upper()}_DSN that is empty, or does not exist yet"
        )
    version = connection.get_server_version().major
    if version < manifest.postgres[name]:
        raise ConfigurationError(
            f"the {name} database of the backup was on PostgreSQL {manifest.postgres[name]}, and this server is "
            f"{version}: restore onto {manifest.postgres[name]} or newer"
        )


async def _make_roles(connection: Any, roles: list[str]) -> None:
    """Those that migrations make; others are for whoever had them made."""
    there = {row[0] for row in await connection.fetch(_THERE, roles)}
    missing = [role for role in roles if role not in there]
    if others := [role for role in missing if not role.startswith(_OURS)]:
        raise ConfigurationError(
            f"the backup grants rights to roles that this server does not have: make {', '.join(others)} first, with "
            "CREATE ROLE, and restore again"
        )
    try:
        for role in missing:
            await connection.execute(f'CREATE ROLE "{role}" NOLOGIN')
        for role in roles:
            if role.startswith(_OURS):
                await connection.execute(f'GRANT "{role}" TO CURRENT_USER')
    except asyncpg.InsufficientPrivilegeError as failure:
        raise ConfigurationError(
            f"restoring takes a login that owns the database, with CREATEROLE ({failure}); see docs/deploy.md"
        ) from None


async def _fill(dump: Path, dsn: str, name: str) -> dict[int, int]:
    """The positions that stand in it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        listed, defaults, script = (Path(folder) / each for each in ("listed", "defaults", "script.sql"))
        await run_program("pg_restore", "", "--list", f"--file={listed}", dump)
        lines = listed.read_text().splitlines(keepends=True)
        # Of those the dump says whose they are, who need not be there: they are made those of who restores.
        of_owner = [line for line in lines if " DEFAULT ACL " in line and not line.startswith(";")]
        listed.write_text("".join(line for line in lines if line not in of_owner))
        try:
            await fill(dsn, dump, "--no-owner", f"--use-list={listed}")
        except GoodDataError as failure:
            raise GoodDataError(
                f"the {name} database could not be filled, and nothing of it was kept ({failure}). Mend that, drop "
                "both databases, and restore again"
            ) from None
        connection: Any = await connect(dsn)
        try:
            if of_owner:
                defaults.write_text("".join(of_owner))
                await run_program("pg_restore", "", f"--use-list={defaults}", f"--file={script}", dump)
                for statement in script.read_text().splitlines():
                    if _DEFAULT.match(statement):
                        await connection.execute(_DEFAULT.sub("ALTER DEFAULT PRIVILEGES ", statement))
            await connection.execute("ANALYZE")
            return {row[0]: row[1] for row in await connection.fetch(_POSITIONS[name])}
        finally:
            await connection.close()
