"""Decides which user the server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.folder_trouble import ANOTHER_FOLDER, folder_trouble, user_name

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user that runs PostgreSQL; `borrowed` when this process is root and has to become that user for it."""

    name: str
    uid: int
    gid: int
    borrowed: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments that make subprocess.Popen run a program as this user, without any group of ours."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def own(self, path: Path) -> None:
        """Give `path` (not what is in it) to this user."""
        if self.borrowed:
            try:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
            except OSError as error:
                raise ConfigurationError(
                    f"{path} cannot be given to the user {self.name} ({error.strerror}), which PostgreSQL needs when "
                    f"gooddata runs as root. Please {ANOTHER_FOLDER}, or run gooddata as an ordinary user."
                ) from error

    def can_enter(self, folder: Path) -> bool:
        """Whether the mode bits of all folders above `folder` let this user through to it."""
        if not self.borrowed:
            return True
        for parent in folder.resolve().parents:
            found = parent.stat()
            shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
            if not found.st_mode >> shift & 0o1:
                return False
        return True


def account_for(cluster: Path) -> Account:
    """The user to run the server of `cluster`: the folder's owner, or, where it does not exist yet, whoever we are.

    Root takes an unprivileged user for a new one. Raises ConfigurationError where no user fits.
    """
    try:
        found = cluster.stat()
    except FileNotFoundError:
        return (
            _unprivileged()
            if os.geteuid() == 0
            else Account(user_name(os.geteuid()), os.geteuid(), os.getegid(), False)
        )
    except OSError as error:
        raise folder_trouble(error, cluster) from error
    if os.geteuid() not in (0, found.st_uid):
        raise ConfigurationError(
            f"The database in {cluster} belongs to {user_name(found.st_uid)}, and gooddata runs as "
            f"{user_name(os.geteuid())}. Run it as {user_name(found.st_uid)}, or {ANOTHER_FOLDER}."
        )
    if found.st_uid == 0:
        raise ConfigurationError(
            f"The database in {cluster} belongs to root, as which PostgreSQL refuses to run. Give it to an "
            f"unprivileged user: chown -R {_unprivileged().name} {cluster}"
        )
    return Account(user_name(found.st_uid), found.st_uid, found.st_gid, os.geteuid() == 0)


def _unprivileged() -> Account:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, True)
    raise ConfigurationError(
        "PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody' to run it as. Run gooddata as "
        "an ordinary user, or make one for PostgreSQL: useradd --system postgres"
    )
