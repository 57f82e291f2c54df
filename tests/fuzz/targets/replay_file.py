"""Files that are replayed: plain, gzip and xz."""

import gzip
import lzma
import tempfile
from pathlib import Path

from gooddata.errors import InputError
from gooddata.replay.source import Source

LINES = b'{"type":"track","name":"A","visitor":"v","timestamp":1795132800000}\n\n{"x"\n'
SEEDS = [
    LINES,
    gzip.compress(LINES, mtime=0),
    lzma.compress(LINES),
    gzip.compress(LINES, mtime=0)[:-5],
    lzma.compress(LINES)[:-9],
]


def attack(data: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="gooddata-fuzz-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        with Source(str(path), "ndjson") as source:
            try:
                for number, _ in source.entries():
                    assert number > 0 and source.fraction <= 1
            except InputError:
                return
