"""Small disks in memory, which can be filled up and emptied at once."""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@cache
def may_mount() -> bool:
    """Whether this account may make disks, which takes root."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as place:
        try:
            with SmallDisk(Path(place), 1)._really_mounted():
                return True
        except subprocess.CalledProcessError:
            return False


class SmallDisk:
    """A disk of so many megabytes in a folder; an ordinary folder where no disk can be made."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._size = f"{megabytes}m"

    @contextmanager
    def mounted(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        if not may_mount():
            yield
            return
        with self._really_mounted():
            yield

    @contextmanager
    def _really_mounted(self):
        _run("mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0755", "gooddata-tests", str(self._folder))
        try:
            yield
        finally:
            _run("umount", "-l", str(self._folder))

    def fill(self) -> None:
        """It becomes as small as what is on it: there is no room from now on."""
        # What is written between the look and the change makes it fail; then it is looked at again.
        for _ in range(100):
            found = os.statvfs(self._folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            try:
                self._resize(f"size={max(used, found.f_frsize)}")
                return
            except subprocess.CalledProcessError:
                continue
        raise OSError(f"{self._folder} could not be filled")

    def empty(self) -> None:
        """There is room again."""
        self._resize(f"size={self._size}")

    def _resize(self, size: str) -> None:
        _run("mount", "-o", f"remount,{size}", str(self._folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
