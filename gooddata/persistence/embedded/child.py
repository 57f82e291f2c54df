"""Starts a program of PostgreSQL as our direct child, which does not outlive us."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.account import Account

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Looked up here and not in the forked child, where loading a library could wait for a lock that nobody holds.
_prctl: Any = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def start_child(
    command: Sequence[str | Path],
    *,
    account: Account,
    folder: Path,
    output: int | IO[bytes],
    on_parent_death: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Run `command` in `folder` as `account`, both its output streams going to `output`, its input empty.

    It gets a session of its own, so that a Ctrl-C in the terminal reaches only us, who then stop it in order, and a
    near-empty environment: no PG* variable of the user bends it, and no secret of ours can be read from it.
    On Linux it gets the signal `on_parent_death` when the *thread* that calls this ends.
    Raises ConfigurationError when this process may not become that user, OSError as subprocess.Popen does.
    """
    try:
        return subprocess.Popen(
            [os.fspath(word) for word in command],
            cwd=folder,
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(on_parent_death),
            **account.popen_arguments(),
        )
    except OSError as error:
        if account.borrowed and error.errno in (errno.EPERM, errno.EINVAL):
            raise ConfigurationError(
                f"PostgreSQL refuses to run as root, and this process may not become the user {account.name} "
                f"({error.strerror}). Run gooddata as an ordinary user, or set GOODDATA_RAW_DSN and "
                "GOODDATA_ANALYTICS_DSN to a PostgreSQL that runs elsewhere."
            ) from error
        raise


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` for Popen: the child gets `death_signal` when the thread that starts it ends. None off Linux."""
    if _prctl is None:
        return None
    parent = os.getpid()

    # Popen calls this after it changed the user, which would have cleared the setting.
    def in_child() -> None:
        _prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return in_child
