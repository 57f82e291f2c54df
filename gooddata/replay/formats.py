"""The formats that can be replayed."""

from collections.abc import Callable
from typing import Any

import msgspec

from gooddata import __version__
from gooddata.errors import InputError
from gooddata.replay import combined, ga4, ndjson, posthog, retailrocket, umami
from gooddata.replay.row import Reader

_REPLAYED = {"library": {"name": "gooddata-replay", "version": __version__}}


class Format(msgspec.Struct, frozen=True):
    """`reader` makes a new reader for one pass; `context` is added to the context of every event."""

    name: str
    reader: Callable[[], Reader]
    context: dict[str, Any]


# GoodData's own export comes back as it was; PostHog's says itself which library an event is of.
FORMATS = {
    "retailrocket": Format("retailrocket", retailrocket.reader, _REPLAYED),
    "combined": Format("combined", combined.reader, _REPLAYED),
    "ndjson": Format("ndjson", ndjson.reader, {}),
    "posthog": Format("posthog", posthog.reader, {}),
    "umami": Format("umami", umami.reader, _REPLAYED),
    "ga4": Format("ga4", ga4.reader, _REPLAYED),
}


def format_named(name: str) -> Format:
    """Raises InputError for a name that is none of FORMATS."""
    if name not in FORMATS:
        raise InputError(f"There is no format {name!r}; there are {', '.join(FORMATS)}.", "format")
    return FORMATS[name]
