"""Says in words why PostgreSQL stopped, from what it wrote."""

from pathlib import Path

from gooddata.errors import GoodDataError
from gooddata.persistence.embedded.folder_trouble import disk_full, free_megabytes

LINES_SHOWN = 8
NO_ROOM = ("No space left on device", "Disk quota exceeded", "wrote only ")  # "... 4096 of 8192 bytes"
WAL_SEGMENT_MEGABYTES = 16.8  # PostgreSQL cannot start without room for one; then its log had no room either


def server_trouble(attempt: str, folder: Path, output: str, log: Path | None = None) -> GoodDataError:
    """The exception for an `attempt` ("Starting PostgreSQL") in `folder` that ended with `output`."""
    out_of_space = any(
        sign in line
        for sign in NO_ROOM
        for line in output.splitlines()
        if "shared memory" not in line  # that is /dev/shm, not the disk
    )
    if out_of_space or free_megabytes(folder) < WAL_SEGMENT_MEGABYTES:
        return disk_full(folder)
    last = [line for line in output.splitlines() if line.strip()][-LINES_SHOWN:]
    said = "".join(f"\n    {line}" for line in last) or " nothing"
    return GoodDataError(f"{attempt} in {folder} failed. It said:{said}" + (f"\nAll of it is in {log}." if log else ""))


def is_passing(output: str) -> bool:
    """Whether the server stopped over something that goes away by itself, so that another try is worth it."""
    return any(
        sign in output
        for sign in (
            "pre-existing shared memory block",  # backends of a killed postmaster, about to notice
            'lock file "postmaster.pid" already exists',
            "could not create any TCP/IP sockets",  # somebody took the port after we had looked
        )
    )
