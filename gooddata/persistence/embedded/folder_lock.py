"""One owner per data folder."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.folder_trouble import ANOTHER_FOLDER, folder_trouble

LOCK_FILE = "gooddata.lock"

_held: set[int] = set()


class FolderLock:
    """Holds a folder for this process, from `acquire` until `release` or the end of the process, however it ends.

    The lock is the kernel's (flock), so a lock file left behind by a killed process stands in nobody's way.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the folder, making it (mode 700) where it does not exist; nothing happens when it is already ours.

        Raises ConfigurationError when another process, or another FolderLock of this one, holds it, or when the folder
        cannot be written.
        """
        if self._fd is not None:
            return
        path = self.folder / LOCK_FILE
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise folder_trouble(error, self.folder) from error
        try:
            self._lock(fd)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(fd)
            raise folder_trouble(error, path) from error
        except ConfigurationError:
            os.close(fd)
            raise
        self._fd = fd
        _held.add(fd)

    def release(self) -> None:
        """Let the folder go. The file stays: removing it would let two processes lock two files of one name."""
        if self._fd is not None:
            _held.discard(self._fd)
            fcntl.flock(self._fd, fcntl.LOCK_UN)  # closing alone leaves it to a fork that has not closed its own yet
            os.close(self._fd)
            self._fd = None

    def _lock(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(fd, 32, 0).decode(errors="replace").strip()
            raise ConfigurationError(
                f"{self.folder} is already in use by gooddata (pid {holder or 'unknown'}). Stop it, or "
                f"{ANOTHER_FOLDER}."
            ) from error


def _let_go_in_fork() -> None:
    # A forked worker shares the lock; one that outlives a killed parent would keep the folder shut.
    for fd in _held:
        with suppress(OSError):
            os.close(fd)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_fork)
