"""Tombstones on this machine's disk, outside of the databases: they outlive the restoring of an old backup."""

import os
from pathlib import Path

import msgspec

from gooddata.persistence.erasure.person import Tombstone
from gooddata.persistence.sync_folder import sync_folder


class _Line(msgspec.Struct):
    project: str
    tombstone: Tombstone


class KeptTombstones:
    """A file of them, a JSON object a line, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, project: str, tombstones: list[Tombstone]) -> None:
        """They are on disk when it returns. Raises OSError."""
        # A new line first, since a crash may have cut the last one off.
        lines = b"\n" + b"".join(msgspec.json.encode(_Line(project, each)) + b"\n" for each in tombstones)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, lines)
            os.fsync(file)
        finally:
            os.close(file)
        sync_folder(self._path.parent)

    def read(self) -> set[tuple[str, Tombstone]]:
        """All of them, with their projects; none where there is no file. A line that a crash cut off says nothing."""
        if not self._path.exists():
            return set()
        found = set()
        for text in self._path.read_bytes().splitlines():
            try:
                line = msgspec.json.decode(text, type=_Line)
            except msgspec.DecodeError:
                continue
            found.add((line.project, line.tombstone))
        return found
