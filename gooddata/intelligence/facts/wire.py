"""The part of a stored batch that analytics reads. What has no name here is skipped by the decoder, never looked at.

The layout and the names are those of gooddata/event.py (a test holds the two together). Reading these fields alone
takes a fifth of the time that reading everything takes. Where senders may write anything, any JSON type is let in here
and judged by who reads it.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

# An object that has the fields of the struct before it in a union, or whatever else a sender put there.
_Else = str | int | float | bool | list[msgspec.Raw] | None | UnsetType


class Page(msgspec.Struct, gc=False):
    path: Any = None
    url: Any = None
    search: Any = None
    referrer: Any = None


class Campaign(msgspec.Struct, gc=False):
    source: Any = None
    name: Any = None


class Context(msgspec.Struct, gc=False):
    page: Page | _Else = UNSET
    campaign: Campaign | _Else = UNSET
    user_agent: Any = msgspec.field(default=UNSET, name="userAgent")
    country: Any = UNSET
    simulated: Any = UNSET
    automation: Any = UNSET
    vector_version: Any = UNSET


class Properties(msgspec.Struct, gc=False):
    """Segment's e-commerce names first, then what others call the same; then the engine's; then a page call's, of which
    `path` is also a clicked element's; then those of an exposure; then those of clicks and forms."""

    product_id: Any = None
    sku: Any = None
    productId: Any = None
    item_id: Any = None
    category: Any = None
    price: Any = None
    value: Any = None
    quantity: Any = None
    revenue: Any = None
    total: Any = None
    engaged_ms: Any = None
    scroll_depth: Any = None
    scroll: Any = None
    path: Any = None
    url: Any = None
    search: Any = None
    referrer: Any = None
    intervention: Any = None
    variant: Any = None
    item: Any = None
    role: Any = None
    form: Any = None
    # Left unread where it is not a form's: other events may have much under this name.
    fields: msgspec.Raw = msgspec.Raw()


class Sent(msgspec.Struct, gc=False):
    type: str | None = None
    id: str | None = None
    message_id: str | None = msgspec.field(default=None, name="messageId")
    name: str | None = None
    event: str | None = None
    visitor: str | None = None
    anonymous_id: str | None = msgspec.field(default=None, name="anonymousId")
    user: str | None = None
    user_id: str | None = msgspec.field(default=None, name="userId")
    previous_id: Any = msgspec.field(default=None, name="previousId")
    group_id: Any = msgspec.field(default=None, name="groupId")
    group_type: Any = msgspec.field(default=None, name="groupType")
    properties: Properties | None = None
    context: Context | None = None
    vector: list[float] | None = None


class Group(msgspec.Struct, gc=False):
    """Events of one request; `times` are theirs in epoch ms, `ids` those of events whose own id is no UUID."""

    project: str
    received_at: int
    times: list[int]
    events: list[Sent]
    context: Context | None = None
    ids: list[str | None] | None = None


class RawGroup(msgspec.Struct):
    """A group with its events unread."""

    project: str
    received_at: int
    times: list[int]
    events: list[msgspec.Raw]
    context: Context | None = None
    ids: list[str | None] | None = None


decode_groups = msgspec.json.Decoder(list[Group]).decode
decode_raw_groups = msgspec.json.Decoder(list[msgspec.Raw]).decode
decode_raw_group = msgspec.json.Decoder(RawGroup).decode
decode_sent = msgspec.json.Decoder(Sent).decode


def merged(shared: Context, own: Context) -> Context:
    """The context of an event: its own, where that has a key, else what its request's events share."""
    both = (
        before if after is UNSET else after
        for before, after in zip(msgspec.structs.astuple(shared), msgspec.structs.astuple(own), strict=True)
    )
    return Context(*both)
