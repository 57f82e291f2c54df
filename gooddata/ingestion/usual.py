"""The usual event: whole requests of them are decoded, and held to every limit, in one call.

What the types below let through can be stored and read back. Whatever they do not let through, for whatever reason, is
not refused here: it is judged event by event in `check`, which knows reasons.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gooddata.ingestion import limits

FIRST_MOMENT = -62_135_596_800_000  # year 1, in epoch milliseconds, below which neither datetime nor people go
LAST_MOMENT = 10**18  # past it a numeric timestamp is no count of milliseconds
LARGEST_REAL = 3.4e38  # of a vector's numbers, which are stored in 32 bits

# Levels of objects and arrays in an object of a usual event. Types that follow each other down the levels bound the
# depth at no cost; they double with each level, so what nests deeper is left to `check`.
USUAL_DEPTH = 5

# Numbers are read as 64-bit floating point, since what does not fit that is refused.
Value: Any = None | bool | float | str
for _ in range(USUAL_DEPTH):
    Value = None | bool | float | str | dict[str, Value] | list[Value]

Text = Annotated[str, Meta(max_length=limits.TEXT_CHARACTERS)]
Object: Any = dict[str, Value] | None
Moment = (
    datetime
    | Annotated[int, Meta(ge=FIRST_MOMENT, lt=LAST_MOMENT)]
    | Annotated[float, Meta(ge=FIRST_MOMENT, lt=LAST_MOMENT)]
    | None
)
Real = Annotated[float, Meta(ge=-LARGEST_REAL, le=LARGEST_REAL)]


class UsualEvent(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What GoodData's and Segment's libraries send. A field that is not named here may hold anything, so it is looked
    at more closely; decoding all that is named finds bad text and numbers out of range."""

    type: Literal["track", "page", "screen", "identify", "group", "alias"]
    id: Text | None = None
    message_id: Text | None = msgspec.field(default=None, name="messageId")
    name: Text | None = None
    event: Text | None = None
    visitor: Text | None = None
    anonymous_id: Text | None = msgspec.field(default=None, name="anonymousId")
    user: Text | None = None
    user_id: Text | None = msgspec.field(default=None, name="userId")
    session: Text | None = None
    timestamp: Moment = None
    properties: Object = None
    traits: Object = None
    context: Object = None
    vector: Annotated[list[Real], Meta(max_length=limits.VECTOR_NUMBERS)] | None = None
    # Fields that are stored, and mean nothing to ingestion.
    group_id: Value = msgspec.field(default=None, name="groupId")
    previous_id: Value = msgspec.field(default=None, name="previousId")
    original_timestamp: Value = msgspec.field(default=None, name="originalTimestamp")
    sent_at: Value = msgspec.field(default=None, name="sentAt")
    write_key: Value = msgspec.field(default=None, name="writeKey")
    category: Value = None
    channel: Value = None
    integrations: Value = None
    version: Value = None
    metadata: Value = msgspec.field(default=None, name="_metadata")


_decode = msgspec.json.Decoder(list[UsualEvent]).decode


def decode_usual(array: bytes) -> list[UsualEvent] | None:
    """The events of a JSON array in which a track event has a name; None where something needs a closer look."""
    if b"\\" in array and b"\\u0000" in array:
        return None  # JSON may write a NUL, which PostgreSQL's jsonb cannot hold
    try:
        events = _decode(array)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if any([event.type == "track" and not (event.name or event.event) for event in events]):  # noqa: C419
        return None
    return events
