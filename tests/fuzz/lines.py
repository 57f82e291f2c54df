"""Readers of lines, as replaying asks them."""

import msgspec

from gooddata.ingestion.check import check
from gooddata.replay.row import LATEST, Reader, Row


def read_lines(read: Reader, data: bytes) -> None:
    """Every line is an event that ingestion can judge, or is said to be none."""
    for line in data.split(b"\n"):
        row = read(line.rstrip(b"\r").decode(errors="replace"))
        if isinstance(row, Row):
            assert 0 <= row.at <= LATEST
            check(msgspec.json.encode({"id": "1", "timestamp": row.at} | row.event))
