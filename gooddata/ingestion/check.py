"""Judges one event: what is stored can always be read, by PostgreSQL's jsonb as well as by the workers."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from gooddata.event import EVENT_TYPES
from gooddata.ingestion import limits
from gooddata.ingestion.usual import FIRST_MOMENT, LARGEST_REAL, LAST_MOMENT

# What jsonb refuses although JSON allows it: NUL, lone surrogates, numbers past its range. Rare enough to look twice.
_SUSPICIOUS = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|\d[eE]\+?\d{3}|\d{300}").search
# Looked for in the text itself: of equal keys decoders keep the last, and PostgreSQL reads them all.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000").search
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")

_FIELD = re.compile(r" - at `\$\.?([^`\[]*)[^`]*`$")


_LARGEST_NUMBER = int(sys.float_info.max)

_OBJECTS = ("properties", "traits", "context")
_Object = dict[str, msgspec.Raw] | None
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


class Checked(msgspec.Struct):
    """The fields that are checked; all others stay as sent."""

    type: Literal["track", "page", "screen", "identify", "group", "alias"] | None = None
    id: str | None = None
    message_id: str | None = msgspec.field(default=None, name="messageId")
    name: str | None = None
    event: str | None = None
    visitor: str | None = None
    anonymous_id: str | None = msgspec.field(default=None, name="anonymousId")
    user: str | None = None
    user_id: str | None = msgspec.field(default=None, name="userId")
    session: str | None = None
    timestamp: datetime | int | float | None = None
    # Objects, each time that they are named: decoders keep the last of equal keys, but hold all of them to their type.
    properties: _Object = None
    traits: _Object = None
    context: _Object = None
    vector: list[float] | None = None


class Accepted(msgspec.Struct):
    """An event that may be stored; `timestamp` is in epoch milliseconds."""

    id: str
    visitor: str
    timestamp: int | None
    raw: bytes


class Refused(msgspec.Struct):
    """An event that may not be stored: `reason` is a short fixed code, `message` says what to do."""

    id: str | None
    field: str | None
    reason: str
    message: str
    raw: bytes


_decode = msgspec.json.Decoder(Checked).decode
_decode_any = msgspec.json.Decoder().decode


def check(raw: bytes, implied_type: str | None = None) -> Accepted | Refused:
    """Judges one event's JSON, valid UTF-8; `implied_type` stands in where the event has no type."""
    if len(raw) > limits.EVENT_BYTES:
        message = f"the event has {len(raw):,} bytes; at most {limits.EVENT_BYTES:,} are taken: send less in properties"
        return Refused(None, None, "event_too_large", message, raw)
    try:
        event = _decode(raw)
    except msgspec.ValidationError as failure:
        return _misfit(raw, failure)
    except msgspec.DecodeError as failure:
        return Refused(_sent_id(raw), None, "not_json", f"the event is not valid JSON: {failure}", raw)
    event_id = event.id or event.message_id
    problem = _problem(event, event_id, implied_type) or unreadable(raw)
    if problem is not None:
        return Refused(event_id, *problem, raw)
    assert event_id is not None
    if event.type is None:
        raw = b'{"type":"%s",' % (implied_type or "").encode() + raw.lstrip()[1:]
    at = event.timestamp
    return Accepted(
        id=event_id,
        visitor=event.visitor or event.anonymous_id or event.user or event.user_id or "",
        timestamp=at if at is None else milliseconds(at),
        raw=raw,
    )


def milliseconds(moment: datetime | int | float) -> int:
    """Epoch milliseconds; a datetime without a zone is taken as UTC."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    return int(moment)


Problem = tuple[str | None, str, str]


def _problem(event: Checked, event_id: str | None, implied_type: str | None) -> Problem | None:
    event_type = event.type or implied_type
    if event_type is None:
        return "type", "missing_type", f"the event needs a type, one of {', '.join(EVENT_TYPES)}"
    if not event_id:
        return "id", "missing_id", "the event needs an id (or messageId) that stays the same when it is sent again"
    if not (event.visitor or event.anonymous_id or event.user or event.user_id):
        return "visitor", "missing_visitor", "the event needs a visitor (or anonymousId) or a user (or userId)"
    if event_type == "track" and not (event.name or event.event):
        return "name", "missing_name", "a track event needs a name (or event)"
    for field in ("id", "message_id", "name", "event", "visitor", "anonymous_id", "user", "user_id", "session"):
        text = getattr(event, field)
        if text is not None and len(text) > limits.TEXT_CHARACTERS:
            sent_as = {"message_id": "messageId", "anonymous_id": "anonymousId", "user_id": "userId"}.get(field, field)
            message = f"{sent_as} has {len(text):,} characters; at most {limits.TEXT_CHARACTERS} are taken"
            return sent_as, "text_too_long", message
    return _vector_problem(event.vector) or _time_problem(event.timestamp)


def _vector_problem(vector: list[float] | None) -> Problem | None:
    if not vector:
        return None
    if len(vector) > limits.VECTOR_NUMBERS:
        return "vector", "vector_too_long", f"a vector has at most {limits.VECTOR_NUMBERS} numbers"
    if max(vector) > LARGEST_REAL or min(vector) < -LARGEST_REAL:
        return "vector", "number_out_of_range", "a vector's numbers must fit 32-bit floating point"
    return None


def _time_problem(at: datetime | int | float | None) -> Problem | None:
    if isinstance(at, int | float) and not FIRST_MOMENT <= at < LAST_MOMENT:
        return "timestamp", "invalid_timestamp", "a numeric timestamp is in milliseconds since 1970"
    return None


def unreadable(raw: bytes) -> Problem | None:
    """Why JSON that parses could still not be read back once stored; None when it can."""
    if raw.count(b"{") + raw.count(b"[") > limits.DEPTH or _SUSPICIOUS(raw):
        if _NUL(raw):
            return None, "unreadable_text", "text must not contain NUL characters"
        if _depth(raw) > limits.DEPTH:
            return None, "too_deep", f"the event nests deeper than {limits.DEPTH} levels"
        try:
            return _unstorable(_decode_any(raw))
        except msgspec.DecodeError as failure:
            return None, "unreadable_text", f"the event cannot be stored: {failure}"
        except RecursionError:
            return None, "too_deep", f"the event nests deeper than {limits.DEPTH} levels"
    return None


def _depth(raw: bytes) -> int:
    """How deep JSON nests, in all that it holds."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unstorable(value: Any) -> Problem | None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return next(filter(None, map(_unstorable, value)), None)
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return None, "number_out_of_range", "numbers must fit 64-bit floating point"
    return None


def _misfit(raw: bytes, failure: msgspec.ValidationError) -> Refused:
    """A well-formed event with a field of the wrong kind."""
    place = _FIELD.search(str(failure))
    field = (place.group(1) if place else "") or None
    kind = _FIELD.sub("", str(failure))
    reason = "invalid_timestamp" if field == "timestamp" else "invalid_type" if field == "type" else "wrong_kind"
    message = f"{field or 'the event'}: {kind[:1].lower() + kind[1:]}"
    if field in _OBJECTS:
        reason, message = "not_an_object", f"{field} must be a JSON object"
    elif reason == "invalid_timestamp":
        message = "timestamp must be an ISO 8601 date and time, or milliseconds since 1970"
    elif reason == "invalid_type":
        message = f"type must be one of {', '.join(EVENT_TYPES)}"
    return Refused(_sent_id(raw), field, reason, message, raw)


def _sent_id(raw: bytes) -> str | None:
    """The id of an event that could not be decoded, so that its sender can tell which one it was."""
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    sent_id = (sent.get("id") or sent.get("messageId")) if isinstance(sent, dict) else None
    # A lone surrogate, which is one reason to come here, could be neither stored nor answered.
    return sent_id.encode(errors="replace").decode() if isinstance(sent_id, str) else None
