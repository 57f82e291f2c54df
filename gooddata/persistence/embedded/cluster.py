"""Makes the database cluster, PostgreSQL's data folder, and checks the one that is there."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from gooddata.errors import ConfigurationError, GoodDataError
from gooddata.persistence.embedded.account import Account
from gooddata.persistence.embedded.binaries import Binaries
from gooddata.persistence.embedded.child import start_child
from gooddata.persistence.embedded.folder_trouble import ANOTHER_FOLDER
from gooddata.persistence.embedded.server_trouble import server_trouble
from gooddata.persistence.embedded.settings import INITIAL, as_options
from gooddata.persistence.sync_folder import sync_folder

OWNER = "gooddata"
PASSWORD_FILE = "owner-password"
UNFINISHED = "unfinished-"
INITDB_SECONDS = 120


def make_cluster(cluster: Path, account: Account, binaries: Binaries) -> None:
    """Make a new cluster of `account`, owned in SQL by the role gooddata, whose password is kept beside it.

    It is made in a folder next to it and renamed when it is whole and on disk, so one that was interrupted is simply
    made again. initdb's own sync is kept: it takes 0.25 s, and without it the catalogs of a server that already
    acknowledges events could be lost in a power cut, as no later checkpoint writes what it has not seen change.
    """
    folder = cluster.parent
    for leftover in folder.glob(UNFINISHED + "*"):
        shutil.rmtree(leftover, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        data, password_file = workshop / "data", workshop / "password"
        data.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(owner_password(folder))
        for path in (workshop, data, password_file):
            account.own(path)
        _run_initdb(data, folder, account, binaries)
        data.rename(cluster)
        sync_folder(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def owner_password(folder: Path) -> str:
    """The password of the role gooddata, made at the first call and kept in `folder` (mode 600)."""
    path = folder / PASSWORD_FILE
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            file.write(secrets.token_urlsafe(24))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    return path.read_text().strip()


def check_cluster(cluster: Path, binaries: Binaries) -> None:
    """Raise ConfigurationError unless `cluster` is a cluster that these binaries can open."""
    try:
        major = (cluster / "PG_VERSION").read_text().strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(
            f"{cluster} is not a PostgreSQL database: it has no file PG_VERSION. Move it out of the way, or "
            f"{ANOTHER_FOLDER}."
        ) from error
    if major != binaries.major:
        raise ConfigurationError(
            f"The database in {cluster} was made by PostgreSQL {major}, and this is PostgreSQL {binaries.version}, "
            f"which cannot read it. Install the gooddata that made it and take a backup with it, or {ANOTHER_FOLDER}."
        )


def data_argument(cluster: Path, account: Account) -> str:
    """What to give as `-D` to a program that runs as `account` with `cluster` as its working folder.

    Its path, as far as this user can follow it. Below a folder closed to it, such as /root, the magic link
    /proc/self/cwd: the kernel takes it straight to the working folder, and asks for no permission on the way there.
    """
    if account.can_enter(cluster):
        return str(cluster)
    if Path("/proc/self/cwd").exists():
        return "/proc/self/cwd"
    raise ConfigurationError(
        f"The user {account.name}, as whom PostgreSQL runs, cannot enter {cluster.parent}. Choose a folder below one "
        "that every user can enter, such as --data /var/lib/gooddata, or run gooddata as an ordinary user."
    )


def _run_initdb(data: Path, folder: Path, account: Account, binaries: Binaries) -> None:
    command: list[str | Path] = [
        binaries.folder / "initdb",
        *("-D", data_argument(data, account)),
        f"--username={OWNER}",
        "--pwfile=../password",  # seen from the working folder
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",  # the same order on every machine, and lower() beyond ASCII; there is no ICU
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        *as_options("--set", INITIAL),
    ]
    with start_child(
        command, account=account, folder=data, output=subprocess.PIPE, on_parent_death=signal.SIGKILL
    ) as initdb:
        try:
            output = initdb.communicate(timeout=INITDB_SECONDS)[0].decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            raise GoodDataError(f"Making a database in {folder} took more than {INITDB_SECONDS} s.") from error
        finally:
            initdb.kill()
    if initdb.returncode != 0:
        raise server_trouble("Making a database", folder, output)
