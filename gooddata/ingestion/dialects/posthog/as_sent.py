"""Looks into JSON values that are still as sent, and decodes no more of them than is asked for."""

from typing import Any

import msgspec

ABSENT = msgspec.Raw()

Properties = dict[str, msgspec.Raw]

_decode_any = msgspec.json.Decoder().decode
_decode_object = msgspec.json.Decoder(Properties).decode


def given(*values: msgspec.Raw) -> msgspec.Raw:
    """The first value that is there: not absent, null or empty text."""
    return next((value for value in values if value and bytes(value) not in (b"null", b'""')), ABSENT)


def as_text(value: msgspec.Raw) -> msgspec.Raw:
    """A number as text, since some senders number their users; anything else as it is."""
    return msgspec.Raw(b'"%s"' % bytes(value)) if value and bytes(value)[:1] in b"-0123456789" else value


def text_of(value: msgspec.Raw) -> str | None:
    """The text that a value is, if it is text."""
    found = value_of(value)
    return found if isinstance(found, str) else None


def if_text(value: msgspec.Raw) -> msgspec.Raw:
    """The value where it is text."""
    return value if bytes(value)[:1] == b'"' else ABSENT


def value_of(value: msgspec.Raw) -> Any:
    """What a value stands for; None also where it is no JSON that can be read, as `check` will say."""
    try:
        return _decode_any(value) if value else None
    except (msgspec.DecodeError, RecursionError):
        return None


def object_of(value: msgspec.Raw) -> Properties | None:
    """An object's values by name, each still as sent."""
    if bytes(value)[:1] != b"{":
        return None
    try:
        return _decode_object(value)
    except (msgspec.DecodeError, RecursionError):
        return None
