"""Lines that are JSON objects."""

from typing import Any

import msgspec

from gooddata.replay.row import Malformed


def object_of(line: str) -> dict[str, Any] | Malformed | None:
    """The object of a line; None where nothing is on it."""
    if not line.strip():
        return None
    try:
        said = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return Malformed("no JSON")
    return said if isinstance(said, dict) else Malformed("no JSON object")
