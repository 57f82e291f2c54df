"""Clocks of single processes, put forward and back by libfaketime, which stands between a program and the C library."""

import sys
from pathlib import Path

_PLACES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib")
_NAME = "faketime/libfaketimeMT.so.1"
LOOK_SECONDS = 1  # between looks at the file


def library() -> Path | None:
    """None where it is not installed; on Debian it is the package faketime."""
    if not sys.platform.startswith("linux"):
        return None
    return next((path for place in _PLACES if (path := Path(place) / _NAME).exists()), None)


class Clock:
    """What time it is for the processes that get its `environment`, or are started behind its `prefix`: that of this
    machine until it is `put`. How long something takes, they see as it is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.put(0)
        found = library()
        self.environment = {} if found is None else {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": str(LOOK_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }  # fmt: skip

    @property
    def prefix(self) -> list[str]:
        given = [f"{name}={value}" for name, value in self.environment.items()]
        return ["/usr/bin/env", *given] if given else []

    def put(self, seconds: int) -> None:
        """So many seconds before (or behind) this machine's."""
        half_written = self._file.with_suffix(".new")
        half_written.write_text(f"{seconds:+d}\n")
        half_written.chmod(0o644)
        half_written.replace(self._file)


def sweep_clocks() -> None:
    """What libfaketime leaves of processes that were killed."""
    for path in Path("/dev/shm").glob("*faketime*_*"):
        number = path.name.rpartition("_")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            path.unlink(missing_ok=True)
