"""The formats that can be replayed."""

from collections.abc import Callable
from typing import Any

import msgspec

from gooddata import __version__
from gooddata.errors import InputError
from gooddata.replay import combined, ndjson, retailrocket
from gooddata.replay.row import Reader

_REPLAYED = {"library": {"name": "gooddata-replay", "version": __version__}}


class Format(msgspec.Struct, frozen=True):
    """`reader` makes a new reader for one pass; `context` is added to the context of every event."""

    name: str
    reader: Callable[[], Reader]
    context: dict[str, Any]


# An export comes back as it was, so that nothing is added to it.
FORMATS = {
    "retailrocket": Format("retailrocket", retailrocket.reader, _REPLAYED),
    "combined": Format("combined", combined.reader, _REPLAYED),
    "ndjson": Format("ndjson", ndjson.reader, {}),
}


def format_named(name: str) -> Format:
    """Raises InputError for a name that is none of FORMATS."""
    if name not in FORMATS:
        raise InputError(f"There is no format {name!r}; there are {', '.join(FORMATS)}.", "format")
    return FORMATS[name]
