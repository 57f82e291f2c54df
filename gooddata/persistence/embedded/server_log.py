"""The log of the server: one file that never grows beyond a bound."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

LOG_FILE = "server.log"
MAX_BYTES = 8_000_000  # and as much again in server.log.1; about a day of a busy server


class ServerLog:
    """Holds the file that the server writes its log to.

    The server keeps it open, so it is not renamed when it is full: its text is copied to `server.log.1`, and it
    begins anew. Lines written in between, some milliseconds, are lost.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOG_FILE
        self.path.touch(mode=0o600)
        self.file: IO[bytes] = self.path.open("ab", buffering=0)
        self._since = 0
        self.mark()

    def mark(self) -> None:
        """From here on is what `text` returns."""
        self.bound()
        self._since = self.size()

    def size(self) -> int:
        """Bytes in the file."""
        return os.fstat(self.file.fileno()).st_size

    def text(self) -> str:
        """What the server wrote since `mark`."""
        with self.path.open("rb") as file:
            file.seek(self._since)
            return file.read().decode(errors="replace")

    def bound(self) -> None:
        """Begin the file anew when it is full; called often, it costs one stat."""
        if self.size() > MAX_BYTES:
            with suppress(OSError):  # no room for the copy: the bound matters more
                shutil.copy(self.path, self.path.with_name(LOG_FILE + ".1"))
            self.file.truncate(0)
            self._since = 0

    def close(self) -> None:
        """Close our end; a server that still runs keeps its own."""
        self.file.close()
