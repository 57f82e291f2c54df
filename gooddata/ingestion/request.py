"""Opens a request: bytes to a list of raw events, or an answer that says what is wrong with the request as a whole."""

import base64
import json
from datetime import datetime
from typing import Any

import msgspec

from gooddata.ingestion import limits
from gooddata.ingestion.check import unreadable
from gooddata.ingestion.inflate import inflated
from gooddata.ingestion.unusable import Unusable
from gooddata.ingestion.usual import UsualEvent, decode_usual

SINGLE_EVENT_PATHS = {f"/v1/{name}": name for name in ("track", "page", "screen", "identify", "group", "alias")} | {
    f"/v1/{name[0]}": name for name in ("track", "page", "screen", "identify", "group", "alias")
}


class Opened(msgspec.Struct):
    """What a request holds: its events, and what they share.

    `usual` are its events decoded, where all of them are of the usual form, and `json` their own text, separated by
    commas. Otherwise `separate` is the text of each, to be judged by itself. `cookieless` tells that they are of a
    browser that stores nothing.
    """

    write_key: str | None
    sent_at: Any
    context: bytes | None = None
    imported: bool = False
    cookieless: bool = False
    implied_type: str | None = None
    usual: list[UsualEvent] | None = None
    json: bytes = b""
    separate: list[bytes] | None = None

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.raw_events() if self.usual is None else self.usual)

    def raw_events(self) -> list[bytes]:
        """The JSON of each event."""
        return split_events(self.json) if self.separate is None else self.separate


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    write_key: Any = msgspec.field(default=None, name="writeKey")
    sent_at: Any = msgspec.field(default=None, name="sentAt")
    context: msgspec.Raw = msgspec.Raw()
    imported: Any = msgspec.field(default=None, name="import")
    cookieless: Any = None


class _Envelope(msgspec.Struct):
    """A batch without its events, of the usual form."""

    batch: list[Any]
    write_key: str | None = msgspec.field(default=None, name="writeKey")
    sent_at: datetime | int | float | None = msgspec.field(default=None, name="sentAt")
    context: msgspec.Raw = msgspec.Raw()
    imported: Any = msgspec.field(default=None, name="import")
    cookieless: Any = None


class _Single(msgspec.Struct):
    write_key: Any = msgspec.field(default=None, name="writeKey")
    sent_at: Any = msgspec.field(default=None, name="sentAt")


_decode_batch = msgspec.json.Decoder(_Batch).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_raw_events = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_single = msgspec.json.Decoder(_Single).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def open_request(body: bytes, path: str, encoding: str | None) -> Opened:
    """Raises Unusable (400, 413 or 415) when the request cannot be understood as a whole."""
    if encoding and encoding != "identity":
        if encoding.lower() not in ("gzip", "x-gzip"):
            raise Unusable(415, "unknown_encoding", f"Content-Encoding {encoding} is not taken; use gzip or none")
        body = inflated(body)
    try:
        body.decode()
    except UnicodeDecodeError as failure:
        raise Unusable(
            400, "not_utf8", f"the body is not UTF-8 text: {failure.reason} at byte {failure.start}"
        ) from None
    if implied_type := SINGLE_EVENT_PATHS.get(path):
        return _opened_single(body, implied_type)
    opened = _opened_at_once(body) or _opened_in_parts(body)
    events = opened.count
    if events > limits.BATCH_EVENTS:
        message = f"the batch has {events:,} events; at most {limits.BATCH_EVENTS:,} are taken: send it in parts"
        raise Unusable(413, "batch_too_large", message, "batch")
    return opened


def split_events(json_: bytes) -> list[bytes]:
    """The JSON of each of some events that stand separated by commas."""
    return [bytes(raw) for raw in _decode_raw_events(b"[%b]" % json_)]


def opened_events(events: list[bytes], write_key: str | None, sent_at: Any, context: bytes | None) -> Opened:
    """What a request holds whose events were put into GoodData's form here."""
    opened = Opened(write_key, sent_at, context, separate=events)
    joined = b",".join(events)
    if max(map(len, events), default=0) <= limits.EVENT_BYTES and (usual := decode_usual(b"[%b]" % joined)):
        opened.usual, opened.json, opened.separate = usual, joined, None
    return opened


def _opened_single(body: bytes, implied_type: str) -> Opened:
    try:
        single = _decode_single(body)
    except (msgspec.DecodeError, RecursionError) as failure:
        raise Unusable(400, "not_json", f"the body is not a JSON object: {failure}") from None
    write_key = _text(single.write_key)
    # A type of the event's own comes later in it, and the last of equal keys counts.
    typed = with_type(body, implied_type)
    if len(body) <= limits.EVENT_BYTES and (usual := decode_usual(b"[%b]" % typed)):
        return Opened(write_key, single.sent_at, usual=usual, json=typed)
    return Opened(write_key, single.sent_at, implied_type=implied_type, separate=[body])


def _opened_at_once(body: bytes) -> Opened | None:
    """A batch of usual events, without looking at any byte of them twice.

    If the text without all that is between the first and the last square bracket is a batch of no events, then what is
    between them is the batch, provided that it is an array by itself, which decoding it tells.
    """
    first, last = body.find(b"["), body.rfind(b"]")
    if first < 0:
        return None
    try:
        envelope = _decode_envelope(body[: first + 1] + body[last:])
    except (msgspec.DecodeError, RecursionError):
        return None
    usual = decode_usual(body[first : last + 1])
    if usual is None or envelope.batch:
        return None
    events = body[first + 1 : last]
    if len(events) > limits.EVENT_BYTES and max(map(len, split_events(events))) > limits.EVENT_BYTES:
        return None
    opened = _opened(envelope)
    opened.usual, opened.json = usual, events
    return opened


def _opened_in_parts(body: bytes) -> Opened:
    try:
        batch = _decode_batch(body)
    except msgspec.ValidationError as failure:
        raise Unusable(400, "not_a_batch", f'the body must be {{"batch": [event, …]}}: {failure}', "batch") from None
    except (msgspec.DecodeError, RecursionError) as failure:
        salvaged = _salvaged(body)
        if salvaged is None:
            raise Unusable(400, "not_json", f"the body is not valid JSON: {failure}") from None
        batch = salvaged
    opened = _opened(batch)
    opened.separate = [bytes(event) for event in batch.batch]
    return opened


def _opened(batch: "_Batch | _Envelope") -> Opened:
    context, imported, cookieless = _shared_context(batch.context), batch.imported is True, batch.cookieless is True
    return Opened(_text(batch.write_key), batch.sent_at, context, imported, cookieless)


def with_type(event: bytes, implied: str) -> bytes:
    """An event's JSON with the type that its path implies in front, where a type of its own would override it."""
    rest = event.lstrip()
    if not rest.startswith(b"{") or rest[1:].lstrip().startswith(b"}"):
        return event
    return b'{"type":"%s",%b' % (implied.encode(), rest[1:])


def key_of(authorization: str | None) -> str | None:
    """The key in an Authorization header, Basic (as the user name) or Bearer."""
    if not authorization:
        return None
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
        except ValueError:  # no base64, or not of UTF-8; or no ASCII at all
            return None
    return None


def _shared_context(context: msgspec.Raw) -> bytes | None:
    """The context that all events of a batch share; it is checked like an event, since it is stored like one."""
    raw = bytes(context)
    if raw in (b"", b"null"):
        return None
    try:
        _decode_object(raw)
    except (msgspec.DecodeError, RecursionError):
        raise Unusable(400, "not_an_object", "context must be a JSON object", "context") from None
    if len(raw) > limits.EVENT_BYTES:
        raise Unusable(413, "context_too_large", f"context takes at most {limits.EVENT_BYTES:,} bytes", "context")
    if problem := unreadable(raw):
        raise Unusable(400, problem[1], problem[2], "context")
    return raw


def _salvaged(body: bytes) -> _Batch | None:
    """A batch in which one event writes what strict JSON forbids (a lone surrogate, NaN), taken apart by a lenient
    decoder, so that each event can be judged by itself and the bad one does not cost its neighbours."""
    try:
        parts = json.loads(body)
        if not isinstance(parts, dict) or not isinstance(parts.get("batch"), list):
            return None
        events = [msgspec.Raw(json.dumps(event).encode()) for event in parts["batch"]]
        context = msgspec.Raw(json.dumps(parts["context"]).encode()) if "context" in parts else msgspec.Raw()
    except (ValueError, RecursionError):
        return None
    shared = (parts.get(name) for name in ("import", "cookieless"))
    return _Batch(events, parts.get("writeKey"), parts.get("sentAt"), context, *shared)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
