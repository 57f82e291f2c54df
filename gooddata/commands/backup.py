"""`gooddata backup`: both databases and what they need, in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from gooddata.command_line import as_json, located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError, InputError
from gooddata.inside import logs


@click.command()
@with_settings("data")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "json_", is_flag=True, help="print what is in the backup as JSON")
def backup(settings: Settings, folder: Path, json_: bool) -> None:
    """Write both databases as of one moment, and the secrets of the data folder, to FOLDER, which must not exist yet.

    Everything goes on meanwhile; where nothing runs, the embedded server is started for it. Keep FOLDER as you keep the
    databases: it holds all that is in them. docs/backup.md says what else belongs to a backup.
    """
    from gooddata.eventlog.jetstream.address import is_nats
    from gooddata.persistence.backup.take import take_backup

    if is_nats(settings.log):
        raise ConfigurationError(
            "the event log is on NATS, and what is not archived yet is in neither database: docs/backup.md says how "
            "all three are backed up"
        )
    with _databases(settings) as there:
        raw_dsn, analytics_dsn = there.require_dsns()
        dsns = {"raw": raw_dsn, "analytics": analytics_dsn}
        secret = there.secret_bytes() if there.secret or (there.data / "secret").exists() else None
        manifest = run(take_backup(dsns, there.data, secret, folder, logs.say))
    if json_:
        as_json(manifest)
    else:
        size = sum(each.bytes for each in manifest.files.values())
        click.echo(
            f"{folder}: {len(manifest.files)} files, {size:,} bytes, as of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    if secret is None:
        logs.say(
            "the secret by which people are known is not in the backup, as neither GOODDATA_SECRET nor "
            f"{there.data / 'secret'} is there: without a copy of it, restored data is about nobody"
        )
    elif "data/secret" not in manifest.files:
        logs.say("the secret is in the settings, and not in the backup: keep a copy of it elsewhere")


@contextmanager
def _databases(settings: Settings) -> Iterator[Settings]:
    """The settings with DSNs that answer: those that are named, of the product that runs, or of the embedded server."""
    from gooddata.persistence.embedded import EmbeddedPostgres, FolderLock

    if settings.raw_dsn and settings.analytics_dsn:
        yield settings
        return
    folder = settings.data / "postgres"
    if not (folder / "cluster").exists():
        raise InputError(f"{settings.data} holds no database: name the data folder with --data", "data")
    lock = FolderLock(settings.data)
    try:
        lock.acquire()
    except ConfigurationError:
        yield located(settings)
        return
    postgres = EmbeddedPostgres(folder, log=logs.say)
    try:
        postgres.start()
        yield msgspec.structs.replace(
            settings,
            raw_dsn=settings.raw_dsn or postgres.dsn("gooddata_raw"),
            analytics_dsn=settings.analytics_dsn or postgres.dsn("gooddata_analytics"),
        )
    finally:
        postgres.stop()
        lock.release()
