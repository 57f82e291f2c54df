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
from gooddata.ingestion.dialects.posthog.context import context_of
from gooddata.ingestion.settle import clock_error

_NAMESPACE = uuid.UUID("0d4f7c1e-5a0b-5e6b-9f0e-3b1f6d2a7c84")
_MINUTE = 60_000
_ABSENT = msgspec.Raw()
_TRUE, _FALSE = msgspec.Raw(b"true"), msgspec.Raw(b"false")

_Properties = dict[str, msgspec.Raw]


class _Event(msgspec.Struct):
    """An event as PostHog's SDKs write it, in both versions of their protocol; every value still as sent."""

    event: msgspec.Raw = _ABSENT
    uuid: msgspec.Raw = _ABSENT
    distinct_id: msgspec.Raw = _ABSENT
    timestamp: msgspec.Raw = _ABSENT
    offset: msgspec.Raw = _ABSENT
    properties: msgspec.Raw = _ABSENT
    set: msgspec.Raw = msgspec.field(default=_ABSENT, name="$set")
    set_once: msgspec.Raw = msgspec.field(default=_ABSENT, name="$set_once")
    session_id: msgspec.Raw = _ABSENT
    window_id: msgspec.Raw = _ABSENT
    options: msgspec.Raw = _ABSENT


_decode = msgspec.json.Decoder(_Event).decode
_decode_any = msgspec.json.Decoder().decode
_decode_object = msgspec.json.Decoder(_Properties).decode
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
        ids.append(_text(event.uuid))
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
    own = _object(event.properties)
    properties = _with_neighbours({} if own is None else own, event)
    name = _text(event.event)
    visitor = _given(event.distinct_id, properties.pop("distinct_id", _ABSENT))
    form: dict[str, Any] = {
        "id": _given(event.uuid, _if_text(properties.get("$insert_id", _ABSENT))),
        "type": "track",
        "name": event.event,
        "visitor": _as_text(visitor),
        "user": _user(visitor, properties),
        "session": _given(event.session_id, properties.pop("$session_id", _ABSENT)),
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
        form |= {"type": "page", "name": _ABSENT}
        if title := _given(properties.pop("title", _ABSENT)):
            context.setdefault("page", {})["title"] = title
    elif name == "$screen":
        form |= {"type": "screen", "name": _given(properties.pop("$screen_name", _ABSENT))}
    if form["type"] in ("identify", "alias", "group"):
        # Their properties are the SDK's own remarks; a person's or a group's are their traits.
        if properties:
            context["posthog"] = properties
    else:
        form["properties"] = event.properties if own is None else properties
    form["context"] = context
    return {field: value for field, value in form.items() if not isinstance(value, msgspec.Raw) or value}


def _with_neighbours(properties: _Properties, event: _Event) -> _Properties:
    """The properties, with what some SDKs write beside them instead."""
    for name, value in (("$set", event.set), ("$set_once", event.set_once)):
        if outer := _given(value):
            inner, both = _object(properties.get(name, _ABSENT)), _object(outer)
            properties[name] = msgspec.Raw(_encode({**inner, **both})) if inner and both else outer
    if window := _given(event.window_id):
        properties["$window_id"] = window
    for name, value in (_object(event.options) or {}).items():
        properties.setdefault(_OPTIONS.get(name, name), value)
    return properties


def _identify(name: str, visitor: msgspec.Raw, properties: _Properties) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": "identify", "name": _ABSENT}
    if name == "$identify":
        fields["user"] = _as_text(visitor)
        if former := _given(properties.pop("$anon_distinct_id", _ABSENT)):
            fields["visitor"] = _as_text(former)
    fields["traits"] = _given(properties.pop("$set", _ABSENT)) or {}
    fields["traitsOnce"] = _given(properties.pop("$set_once", _ABSENT))
    return fields


def _alias(visitor: msgspec.Raw, properties: _Properties) -> dict[str, Any]:
    """`user` is who stays, `previousId` who is merged into it; an anonymous browser is merged into its alias."""
    alias = _as_text(_given(properties.pop("alias", _ABSENT)))
    user, previous = _as_text(visitor), alias
    if properties.get("$is_identified") == _FALSE:
        user, previous = previous, user
    return {"type": "alias", "name": _ABSENT, "user": user, "previousId": previous}


def _group(properties: _Properties) -> dict[str, Any]:
    return {
        "type": "group",
        "name": _ABSENT,
        "groupType": _given(properties.pop("$group_type", _ABSENT)),
        "groupId": _as_text(_given(properties.pop("$group_key", _ABSENT))),
        "traits": _given(properties.pop("$group_set", _ABSENT)) or {},
    }


def _user(visitor: msgspec.Raw, properties: _Properties) -> msgspec.Raw:
    """The person, where the SDK says that the distinct id is one."""
    if user := _given(properties.get("$user_id", _ABSENT)):
        return _as_text(user)
    return _as_text(visitor) if properties.get("$is_identified") == _TRUE else _ABSENT


def _timestamp(event: _Event, properties: _Properties, received_at: int, correction: int) -> Any:
    """The event's time by the sender's clock, which `settle` will correct by `correction`."""
    at = _given(event.timestamp)
    if not at:
        offset = _value(event.offset)
        # How long before it was sent: its own clock, wrong or right, does not matter.
        if isinstance(offset, int | float) and not isinstance(offset, bool) and abs(offset) < 1e15:
            return int(received_at - offset) - correction
        return _ABSENT
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


def _given(*values: msgspec.Raw) -> msgspec.Raw:
    """The first value that is there: not absent, null or empty text."""
    return next((value for value in values if value and bytes(value) not in (b"null", b'""')), _ABSENT)


def _as_text(value: msgspec.Raw) -> msgspec.Raw:
    """Some senders number their users."""
    return msgspec.Raw(b'"%s"' % bytes(value)) if value and bytes(value)[:1] in b"-0123456789" else value


def _text(value: msgspec.Raw) -> str | None:
    found = _value(value)
    return found if isinstance(found, str) else None


def _if_text(value: msgspec.Raw) -> msgspec.Raw:
    return value if bytes(value)[:1] == b'"' else _ABSENT


def _value(value: msgspec.Raw) -> Any:
    """None also where it is no JSON that could be read; `check` will say so."""
    try:
        return _decode_any(value) if value else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _object(value: msgspec.Raw) -> _Properties | None:
    if bytes(value)[:1] != b"{":
        return None
    try:
        return _decode_object(value)
    except (msgspec.DecodeError, RecursionError):
        return None
