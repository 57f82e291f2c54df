"""Says in words why a folder cannot be used, and what to do about it."""

import errno
import os
import pwd
import shutil
import stat
from pathlib import Path

from gooddata.errors import ConfigurationError

ANOTHER_FOLDER = "choose another folder with --data"


def folder_trouble(error: OSError, path: Path) -> ConfigurationError:
    """The ConfigurationError that tells what `error` means for whoever chose the folder in which `path` lies."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return disk_full(path)
        case errno.EROFS:
            return ConfigurationError(
                f"{path} cannot be written: its disk is mounted read-only. Please {ANOTHER_FOLDER}."
            )
        case errno.ENOTDIR | errno.EEXIST:
            return ConfigurationError(
                f"{path} is needed as a folder, but a file is in the way. Please {ANOTHER_FOLDER}."
            )
        case errno.EACCES | errno.EPERM:
            return _no_access(path)
    return ConfigurationError(f"{path} cannot be used: {error.strerror}. Please mend that, or {ANOTHER_FOLDER}.")


def disk_full(path: Path) -> ConfigurationError:
    """The ConfigurationError for a disk without room, with how much of it is free."""
    usage = shutil.disk_usage(_nearest_existing(path))
    return ConfigurationError(
        f"The disk that holds {path} is full: there was no room to write ({usage.free / 1e6:.0f} of "
        f"{usage.total / 1e6:.0f} MB are free now; a new database takes 60 MB, without its data). Free some space, or "
        f"{ANOTHER_FOLDER}."
    )


def free_megabytes(path: Path) -> float:
    """Megabytes that an ordinary user may still write to the disk of `path`."""
    return shutil.disk_usage(_nearest_existing(path)).free / 1e6


def user_name(uid: int) -> str:
    """The name of a user, or its number where it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _no_access(path: Path) -> ConfigurationError:
    culprit = _first_closed(path)
    me = user_name(os.geteuid())
    try:
        found = culprit.stat()
    except OSError:
        return ConfigurationError(f"{path} cannot be used: {me} has no access to it. Please {ANOTHER_FOLDER}.")
    owner = user_name(found.st_uid)
    remedy = f"chmod u+rwX {culprit}" if found.st_uid == os.geteuid() else f"give it to {me} (chown -R {me} {culprit})"
    return ConfigurationError(
        f"{path} cannot be used: {culprit} belongs to {owner} with mode {stat.S_IMODE(found.st_mode):03o}, and "
        f"gooddata runs as {me}. Please {ANOTHER_FOLDER}, or {remedy}."
    )


def _first_closed(path: Path) -> Path:
    """The outermost folder or file on the way to `path`, itself included, that this process may not use."""
    for step in [*reversed(path.parents), path]:
        try:
            step.lstat()
        except OSError:
            return step.parent
        if not os.access(step, os.X_OK if step.is_dir() else os.R_OK | os.W_OK):
            return step
    return path


def _nearest_existing(path: Path) -> Path:
    return next(step for step in [path, *path.parents] if step.exists())
