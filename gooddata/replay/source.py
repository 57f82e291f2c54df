"""A file to replay: plain, .gz or .xz, or standard input; read line by line, as often as needed."""

import gzip
import hashlib
import io
import lzma
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from gooddata.errors import InputError
from gooddata.replay.formats import Format, format_named
from gooddata.replay.row import Malformed, Row

MAX_LINE_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_XZ_MAGIC = b"\xfd7zXZ\x00"
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)

Entry = tuple[int, Row | Malformed]
"""A line's number, from 1, and what it says."""


class Source:
    """One file in one format. Compression is told by the first bytes, not by the name.

    Standard input (`-`) is first copied to a temporary file, because the ids of rows depend on the whole content.
    Raises InputError when the file cannot be opened, and while reading when its compressed content is damaged.
    """

    def __init__(self, path: str, format: str) -> None:
        self.format: Format = format_named(format)
        self.name = "standard input" if path == "-" else path
        self._file = _spooled(sys.stdin.buffer) if path == "-" else _opened(path)
        self._bytes = self._file.seek(0, io.SEEK_END)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def fraction(self) -> float:
        """How much of the file the present pass has read, 0 to 1."""
        return self._file.tell() / self._bytes if self._bytes else 1.0

    def entries(self, digest: "hashlib._Hash | None" = None) -> Iterator[Entry]:
        """One pass over the file: every line but headers and blank ones. `digest` is fed all bytes, decompressed."""
        read = self.format.reader()
        for number, line in enumerate(self._lines(digest), start=1):
            if isinstance(line, Malformed):
                yield number, line
            elif (said := read(line)) is not None:
                yield number, said

    def _lines(self, digest: "hashlib._Hash | None") -> Iterator[str | Malformed]:
        try:
            stream = _decompressed(self._file)
            while line := stream.readline(MAX_LINE_BYTES):
                if digest:
                    digest.update(line)
                if line.endswith(b"\n") or len(line) < MAX_LINE_BYTES:
                    yield line.rstrip(b"\r\n").decode(errors="replace")
                    continue
                while rest := stream.readline(MAX_LINE_BYTES):
                    if digest:
                        digest.update(rest)
                    if rest.endswith(b"\n"):
                        break
                yield Malformed(f"longer than {MAX_LINE_BYTES:,} bytes")
        except _DAMAGED as damage:
            raise InputError(f"{self.name} is damaged: {damage}.") from damage


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}.") from problem


def _spooled(stream: BinaryIO) -> BinaryIO:
    file = tempfile.TemporaryFile(prefix="gooddata-replay-")  # noqa: SIM115 (the source closes it)
    shutil.copyfileobj(stream, file)
    return file


def _decompressed(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    magic = file.read(len(_XZ_MAGIC))
    file.seek(0)
    if magic.startswith(_GZIP_MAGIC):
        return io.BufferedReader(gzip.GzipFile(fileobj=file))
    if magic == _XZ_MAGIC:
        return io.BufferedReader(lzma.LZMAFile(file))
    return file
