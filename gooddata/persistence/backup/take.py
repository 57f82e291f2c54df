"""Takes a backup, while everything goes on."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from gooddata import __version__
from gooddata.errors import ConfigurationError, InputError
from gooddata.persistence.backup.manifest import DATA, DUMPS, NAME, Manifest, Written, known_by, look_at
from gooddata.persistence.backup.programs import run_program
from gooddata.persistence.migrate import connect
from gooddata.persistence.sync_folder import sync_folder
from gooddata.sql import statement

UNFINISHED = ".unfinished-"
# What the data folder holds beside the databases and cannot be had elsewhere. What the spool holds is known by the raw
# database, so it is copied before that is looked at: what is drained in between is in both, and counts once.
SPOOL = "spool"
KEPT = ("secret", "metrics-token", "tombstones.ndjson", "project-*.json")

_GRANTEES = statement(__package__, "grantees")
_NEWEST = "SELECT max(version) FROM public.gooddata_migration"
_TIMESCALE = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')"
_POSITIONS = {
    "raw": "SELECT partition, head FROM raw.partition ORDER BY partition",
    "analytics": "SELECT partition, seq FROM analytics.cursor ORDER BY partition",
}


async def take_backup(
    dsns: Mapping[str, str], data: Path, secret: bytes | None, folder: Path, say: Callable[[str], None]
) -> Manifest:
    """Writes both databases, as of one moment, and the files of the data folder to `folder`, which is not there yet.

    The logins own their databases. Raises ConfigurationError where a database cannot be used, InputError where the
    folder cannot, and GoodDataError where a dump fails; no backup is left then.
    """
    with _made_at(folder) as workshop:
        _copy_spool(data, workshop)
        manifest = await _dump_both(dsns, secret, workshop, say)
        # After the databases: who was erased meanwhile is known here, if not there.
        _copy_kept(data, workshop)
        manifest = msgspec.structs.replace(manifest, files=_on_disk(workshop))
        (workshop / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        _on_disk(workshop)
        return manifest


@contextmanager
def _made_at(folder: Path) -> Iterator[Path]:
    """A folder beside it, which takes its place at the end."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} holds something already: name a folder that does not exist yet", "folder")
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f"{folder.name}{UNFINISHED}", dir=parent))
    except OSError as failure:
        raise InputError(f"no backup can be written to {folder}: {failure.strerror}", "folder") from None
    try:
        yield workshop
        workshop.rename(folder)
        sync_folder(parent)
    except OSError as failure:
        raise ConfigurationError(f"the backup could not be written to {folder}: {failure}") from None
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


async def _dump_both(
    dsns: Mapping[str, str], secret: bytes | None, workshop: Path, say: Callable[[str], None]
) -> Manifest:
    """The manifest, without the files."""
    async with AsyncExitStack() as stack:
        # Analytics first: whatever workers have applied by then is in the log, as it is seen a moment later.
        analytics, of_analytics = await stack.enter_async_context(_moment(dsns["analytics"], "analytics"))
        raw, of_raw = await stack.enter_async_context(_moment(dsns["raw"], "raw"))
        both = {"raw": raw, "analytics": analytics}
        manifest = Manifest(
            gooddata=__version__,
            taken_at=datetime.now(UTC),
            postgres={name: each.get_server_version().major for name, each in both.items()},
            migrations={name: await each.fetchval(_NEWEST) for name, each in both.items()},
            heads={row[0]: row[1] for row in await raw.fetch(_POSITIONS["raw"])},
            cursors={row[0]: row[1] for row in await analytics.fetch(_POSITIONS["analytics"])},
            roles=sorted({row[0] for each in both.values() for row in await each.fetch(_GRANTEES)}),
            known_by=None if secret is None else known_by(secret),
            files={},
        )
        require_in_step(manifest.heads, manifest.cursors)
        say("dumping both databases; events go on being taken in")
        await asyncio.gather(
            _dump(dsns["raw"], of_raw, workshop / DUMPS["raw"]),
            _dump(dsns["analytics"], of_analytics, workshop / DUMPS["analytics"]),
        )
        return manifest


def require_in_step(heads: Mapping[int, int], cursors: Mapping[int, int]) -> None:
    """Raises ConfigurationError where readers are beyond the end of the log: what comes next would not be applied."""
    beyond = [partition for partition, seq in cursors.items() if seq > heads.get(partition, 0)]
    if beyond:
        raise ConfigurationError(
            f"the raw database is older than analytics: in partition {beyond[0]} workers have come to position "
            f"{cursors[beyond[0]]}, and the log ends at {heads.get(beyond[0], 0)}. Take both from one backup"
        )


@asynccontextmanager
async def _moment(dsn: str, name: str) -> AsyncIterator[tuple[Any, str]]:
    """A connection that sees the database as it is now, for as long as it lasts, and what lets others see the same."""
    connection: Any = await connect(dsn)
    try:
        await connection.execute("SET idle_in_transaction_session_timeout = 0")
        if await connection.fetchval(_TIMESCALE):
            raise ConfigurationError(
                f"the {name} database is on TimescaleDB, which has a way of its own of being backed up; docs/backup.md "
                "has the order"
            )
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection, await connection.fetchval("SELECT pg_export_snapshot()")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as failure:
        raise ConfigurationError(f"the {name} database is not GoodData's, or not made yet ({failure})") from None
    except asyncpg.InsufficientPrivilegeError as failure:
        raise ConfigurationError(f"a backup takes the login that owns the {name} database ({failure})") from None
    finally:
        await connection.close()


async def _dump(dsn: str, snapshot: str, file: Path) -> None:
    await run_program("pg_dump", dsn, f"--snapshot={snapshot}", "--format=custom", f"--file={file}")


def _copy_spool(data: Path, workshop: Path) -> None:
    if (data / SPOOL).is_dir():
        shutil.copytree(data / SPOOL, workshop / DATA / SPOOL, ignore=_gone)


def _copy_kept(data: Path, workshop: Path) -> None:
    for path in (path for pattern in KEPT for path in data.glob(pattern)):
        (workshop / DATA).mkdir(exist_ok=True)
        shutil.copy(path, workshop / DATA)


def _on_disk(workshop: Path) -> dict[str, Written]:
    """All files, once they have been written to the disk, for their owner alone."""
    files = {}
    for path in sorted(workshop.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
            sync_folder(path)
            continue
        path.chmod(0o600)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        files[str(path.relative_to(workshop))] = look_at(path)
    sync_folder(workshop)
    return files


def _gone(folder: str, names: list[str]) -> set[str]:
    """What of a spool is no part of it: its lock, and segments that were drained since they were listed."""
    return {name for name in names if name == "lock" or not (Path(folder) / name).exists()}
