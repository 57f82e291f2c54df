"""Puts PostHog's events into GoodData's form. What is stored is the translated event; docs/sdks.md has the table.

Nothing is judged here: what has the wrong kind is passed on under GoodData's name for it, and `check` refuses it there.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from gooddata.ingestion import limits
from gooddata.ingestion.check import milliseconds
from gooddata.ingestion.dialects.posthog.as_sent import (
    ABSENT,
    Properties,
    as_text,
    given,
    if_text,
    object_of,
    text_of,
    value_of,
)
from gooddata.ingestion.dialects.posthog.context import context_of
from gooddata.ingestion.settle import clock_error

_NAMESPACE = uuid.UUID("0d4f7c1e-5a0b-5e6b-9f0e-3b1f6d2a7c84")
_MINUTE = 60_000
_TRUE, _FALSE = msgspec.Raw(b"true"), msgspec.Raw(b"false")


class _Event(msgspec.Struct):
    """An event as PostHog's SDKs write it, in both versions of their protocol; every value still as sent."""

    event: msgspec.Raw = ABSENT
    uuid: msgspec.Raw = ABSENT
    distinct_id: msgspec.Raw = ABSENT
    timestamp: msgspec.Raw = ABSENT
    offset: msgspec.Raw = ABSENT
    properties: msgspec.Raw = ABSENT
    set: msgspec.Raw = msgspec.field(default=ABSENT, name="$set")
    set_once: msgspec.Raw = msgspec.field(default=ABSENT, name="$set_once")
    session_id: msgspec.Raw = ABSENT
    window_id: msgspec.Raw = ABSENT
    options: msgspec.Raw = ABSENT


_decode = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode

# What the newer protocol calls options, by the names that the older one gives the same among the properties.
_OPTIONS = {
    "cookieless_mode": "$cookieless_mode",
    "disable_skew_correction": "$ignore_sent_at",
    "process_person_profile": "$process_person_profile",
    "product_tour_id": "$product_tour_id",
}


def translated(
    events: Sequence[msgspec.Raw], received_at: int, sent_at: Any
) -> tuple[list[msgspec.Raw], list[str | None]]:
    """The events of a request in GoodData's form, and their ids as the SDK knows them. Times in epoch ms."""
    correction = clock_error(sent_at, received_at)
    copies: Counter[bytes] = Counter()
    forms: list[msgspec.Raw] = []
    ids: list[str | None] = []
    for raw in events:
        sent = bytes(raw)
        try:
            event = _decode(sent)
        except (msgspec.DecodeError, RecursionError):
            forms.append(raw)
            ids.append(None)
            continue
        ids.append(text_of(event.uuid))
        if len(sent) > limits.EVENT_BYTES:
            forms.append(raw)
            continue
        copies[sent] += 1
        form = _form(event, received_at, correction)
        if "id" not in form:
            form["id"] = _made_id(sent, copies[sent], None if "timestamp" in form else received_at)
        forms.append(msgspec.Raw(_encode(form)))
    return forms, ids


def _form(event: _Event, received_at: int, correction: int) -> dict[str, Any]:
    own = object_of(event.properties)
    properties = _with_neighbours({} if own is None else own, event)
    name = text_of(event.event)
    visitor = given(event.distinct_id, properties.pop("distinct_id", ABSENT))
    form: dict[str, Any] = {
        "id": given(event.uuid, if_text(properties.get("$insert_id", ABSENT))),
        "type": "track",
        "name": event.event,
        "visitor": as_text(visitor),
        "user": _user(visitor, properties),
        "session": given(event.session_id, properties.pop("$session_id", ABSENT)),
        "timestamp": _timestamp(event, properties, received_at, correction),
    }
    properties.pop("token", None)
    context = context_of(properties)
    if name in ("$identify", "$set", "$set_once"):
        form |= _identify(name, visitor, properties)
    elif name == "$create_alias":
        form |= _alias(visitor, properties)
    elif name == "$groupidentify":
        form |= _group(properties)
    elif name == "$pageview":
        form |= {"type": "page", "name": ABSENT}
        if title := given(properties.pop("title", ABSENT)):
            context.setdefault("page", {})["title"] = title
    elif name == "$screen":
        form |= {"type": "screen", "name": given(properties.pop("$screen_name", ABSENT))}
    if form["type"] in ("identify", "alias", "group"):
        # Their properties are the SDK's own remarks; a person's or a group's are their traits.
        if properties:
            context["posthog"] = properties
    else:
        form["properties"] = event.properties if own is None else properties
    form["context"] = context
    return {field: value for field, value in form.items() if not isinstance(value, msgspec.Raw) or value}


def _with_neighbours(properties: Properties, event: _Event) -> Properties:
    """The properties, with what some SDKs write beside them instead."""
    for name, value in (("$set", event.set), ("$set_once", event.set_once)):
        if outer := given(value):
            inner, both = object_of(properties.get(name, ABSENT)), object_of(outer)
            merged = None if inner is None or both is None else {**inner, **both}
            properties[name] = outer if merged is None else msgspec.Raw(_encode(merged))
    if window := given(event.window_id):
        properties["$window_id"] = window
    for name, value in (object_of(event.options) or {}).items():
        properties.setdefault(_OPTIONS.get(name, name), value)
    return properties


def _identify(name: str, visitor: msgspec.Raw, properties: Properties) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": "identify", "name": ABSENT}
    if name == "$identify":
        fields["user"] = as_text(visitor)
        if former := given(properties.pop("$anon_distinct_id", ABSENT)):
            fields["visitor"] = as_text(former)
    fields["traits"] = given(properties.pop("$set", ABSENT)) or {}
    fields["traitsOnce"] = given(properties.pop("$set_once", ABSENT))
    return fields


def _alias(visitor: msgspec.Raw, properties: Properties) -> dict[str, Any]:
    """`user` is who stays, `previousId` who is merged into it; an anonymous browser is merged into its alias."""
    alias = as_text(given(properties.pop("alias", ABSENT)))
    user, previous = as_text(visitor), alias
    if properties.get("$is_identified") == _FALSE:
        user, previous = previous, user
    return {"type": "alias", "name": ABSENT, "user": user, "previousId": previous}


def _group(properties: Properties) -> dict[str, Any]:
    return {
        "type": "group",
        "name": ABSENT,
        "groupType": given(properties.pop("$group_type", ABSENT)),
        "groupId": as_text(given(properties.pop("$group_key", ABSENT))),
        "traits": given(properties.pop("$group_set", ABSENT)) or {},
    }


def _user(visitor: msgspec.Raw, properties: Properties) -> msgspec.Raw:
    """The person, where the SDK says that the distinct id is one."""
    if user := given(properties.get("$user_id", ABSENT)):
        return as_text(user)
    return as_text(visitor) if properties.get("$is_identified") == _TRUE else ABSENT


def _timestamp(event: _Event, properties: Properties, received_at: int, correction: int) -> Any:
    """The event's time by the sender's clock, which `settle` will correct by `correction`."""
    at = given(event.timestamp)
    if not at:
        offset = value_of(event.offset)
        # How long before it was sent: its own clock, wrong or right, does not matter.
        if isinstance(offset, int | float) and not isinstance(offset, bool) and abs(offset) < 1e15:
            return int(received_at - offset) - correction
        return ABSENT
    if correction and properties.get("$ignore_sent_at") == _TRUE:
        try:
            return milliseconds(msgspec.json.decode(at, type=datetime | int | float)) - correction
        except (msgspec.DecodeError, OverflowError):
            return at
    return at


def _made_id(sent: bytes, copy: int, received_at: int | None) -> str:
    """The UUIDv5 of the event's bytes, so that sending them again is no second event.

    Each copy in one request counts; bytes that hold no time of their own (`received_at` is given) count once a minute.
    """
    name = b"%d\n%d\n%s" % (copy, 0 if received_at is None else received_at // _MINUTE, sent)
    return str(uuid.uuid5(_NAMESPACE, name.decode()))
