"""`gooddata restore`: an installation out of a backup, without those who were erased since."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from gooddata.command_line import as_json, run, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError, InputError
from gooddata.inside import logs

_UNFINISHED = ".restoring"


@click.command()
@with_settings("data")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--tombstones",
    multiple=True,
    type=click.Path(path_type=Path),
    help="tombstones.ndjson of a data folder where people were erased, as it is now; may be given several times",
)
@click.option("--nobody-erased", is_flag=True, help="nobody was erased since the backup was taken")
@click.option("--json", "json_", is_flag=True, help="print what was restored, and who was erased again, as JSON")
def restore(settings: Settings, folder: Path, tombstones: tuple[Path, ...], nobody_erased: bool, json_: bool) -> None:
    """Restore the backup in FOLDER to a new data folder, or to the empty databases that the settings name.

    People who were erased after the backup was taken are erased again, before anything can read them: say where their
    tombstones are. Start GoodData afterwards; with another version than that of the backup it is upgraded then.
    """
    from gooddata.eventlog.jetstream.address import is_nats
    from gooddata.persistence.backup.manifest import read_backup
    from gooddata.persistence.backup.put_back import require_fitting

    if is_nats(settings.log):
        raise ConfigurationError("the event log is on NATS, of which a backup holds nothing; see docs/backup.md")
    here = settings.data / "tombstones.ndjson"
    given = [*tombstones, *([here] if here.exists() else [])]
    for path in tombstones:
        if not path.is_file():
            raise InputError(f"{path} is not there: name a tombstones.ndjson", "tombstones")
    if not given and not nobody_erased:
        raise InputError(
            "who was erased after the backup was taken must not come back: name the tombstones.ndjson of the data "
            "folder where people were erased with --tombstones, or say --nobody-erased",
            "tombstones",
        )
    manifest = read_backup(folder)
    require_fitting(manifest)
    secret = _secret(settings, folder, manifest)
    with _room(settings) as there:
        _put_files(folder / "data", there.data, given)
        done = run(_restored(msgspec.structs.replace(there, secret=secret), folder, manifest))
    if json_:
        as_json({"taken_at": manifest.taken_at, "restored_bytes": done[0], "erased_again": done[1]})
        return
    where = settings.data if settings.raw_dsn is None or settings.analytics_dsn is None else "both databases"
    erased = sum(each["raw_events"] for each in done[1].values())
    click.echo(
        f"{where}: as it was at {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, without {erased:,} events of people who "
        "were erased since"
    )


async def _restored(settings: Settings, folder: Path, manifest: Any) -> tuple[dict[str, int], dict[str, Any]]:
    from gooddata.intelligence.erasure.again import erase_again
    from gooddata.operating import both_databases, kept_tombstones
    from gooddata.persistence.backup.put_back import put_back
    from gooddata.persistence.migrate import migrate

    raw_dsn, analytics_dsn = settings.require_dsns()
    restored = await put_back(folder, manifest, {"raw": raw_dsn, "analytics": analytics_dsn}, logs.say)
    # What erases knows tables as they are today.
    await migrate(raw_dsn, analytics_dsn, partitions=len(manifest.heads))
    logs.say("erasing again those who had been erased")
    async with both_databases(settings) as (raw, analytics, pseudonyms):
        erased, _ = await erase_again(raw, analytics, pseudonyms, kept_tombstones(settings))
    return restored, erased


def _secret(settings: Settings, folder: Path, manifest: Any) -> str:
    """The secret by which people are known in the backup. Raises ConfigurationError where another one is in force."""
    from gooddata.persistence.backup.manifest import known_by

    backed_up, here = folder / "data" / "secret", settings.data / "secret"
    found = [(settings.secret, "GOODDATA_SECRET")] if settings.secret else []
    found += [(path.read_text().strip(), str(path)) for path in (here, backed_up) if path.exists()]
    if not found:
        raise ConfigurationError(
            "the secret by which people are known is not in the backup: set GOODDATA_SECRET to the one of the servers "
            "that it was taken from"
        )
    secret, named = found[0]
    if manifest.known_by is not None and known_by(secret.encode()) != manifest.known_by:
        raise ConfigurationError(
            f"{named} is not the secret by which people are known in the backup: each would become a new one. Set "
            "GOODDATA_SECRET to theirs, or take the file away"
        )
    return secret


@contextmanager
def _room(settings: Settings) -> Iterator[Settings]:
    """The settings with DSNs to restore to. A data folder with the embedded server is made beside its place, and takes
    it once all is there: one that was cut short is not taken for whole."""
    from gooddata.persistence.embedded import EmbeddedPostgres

    if settings.raw_dsn and settings.analytics_dsn:
        yield settings
        return
    there = settings.data.absolute()
    if there.exists() and (not there.is_dir() or any(there.iterdir())):
        raise InputError(
            f"{there} holds something already, and nothing is written over: name a data folder that does not exist yet "
            "with --data",
            "data",
        )
    workshop = there.with_name(there.name + _UNFINISHED)
    if workshop.exists():
        raise InputError(f"a restore was cut short and has left {workshop}: delete it, and restore again", "data")
    workshop.mkdir(mode=0o700, parents=True)
    postgres = EmbeddedPostgres(workshop / "postgres", log=logs.say)
    try:
        postgres.start()
        yield msgspec.structs.replace(
            settings,
            data=workshop,
            raw_dsn=settings.raw_dsn or postgres.dsn("gooddata_raw"),
            analytics_dsn=settings.analytics_dsn or postgres.dsn("gooddata_analytics"),
        )
        postgres.stop()
        workshop.rename(there)
    finally:
        postgres.stop()
        shutil.rmtree(workshop, ignore_errors=True)


def _put_files(source: Path, data: Path, tombstones: list[Path]) -> None:
    """The files of the data folder, but for those that are there already, and all tombstones, in one file."""
    from gooddata.persistence.erasure.kept import KeptTombstones

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = data / "tombstones.ndjson"
    here = KeptTombstones(kept).read()
    for path in sorted(source.rglob("*")) if source.exists() else []:
        target = data / path.relative_to(source)
        if path.is_dir():
            target.mkdir(mode=0o700, exist_ok=True)
        elif path.name != kept.name and not target.exists():
            shutil.copy(path, target)
            target.chmod(0o600)
    for file in (source / kept.name, *tombstones):
        for project, tombstone in KeptTombstones(file).read() - here:
            KeptTombstones(kept).add(project, [tombstone])
            here.add((project, tombstone))
