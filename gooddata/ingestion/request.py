"""Opens a request: bytes to a list of raw events, or an answer that says what is wrong with the request as a whole."""

import base64
import binascii
import json
import zlib
from typing import Any

import msgspec

from gooddata.ingestion import limits
from gooddata.ingestion.check import unreadable

SINGLE_EVENT_PATHS = {f"/v1/{name}": name for name in ("track", "page", "screen", "identify", "group", "alias")} | {
    f"/v1/{name[0]}": name for name in ("track", "page", "screen", "identify", "group", "alias")
}


class Unusable(Exception):
    """A request that is refused as a whole, with its HTTP status."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.field = status, code, field


class Opened(msgspec.Struct):
    """What a request holds: its events as sent, and what they share."""

    events: list[msgspec.Raw]
    write_key: str | None
    sent_at: Any
    context: bytes | None
    imported: bool
    implied_type: str | None


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    write_key: Any = msgspec.field(default=None, name="writeKey")
    sent_at: Any = msgspec.field(default=None, name="sentAt")
    context: msgspec.Raw = msgspec.Raw()
    imported: Any = msgspec.field(default=None, name="import")


class _Single(msgspec.Struct):
    write_key: Any = msgspec.field(default=None, name="writeKey")
    sent_at: Any = msgspec.field(default=None, name="sentAt")


_decode_batch = msgspec.json.Decoder(_Batch).decode
_decode_single = msgspec.json.Decoder(_Single).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def open_request(body: bytes, path: str, encoding: str | None) -> Opened:
    """Raises Unusable (400, 413 or 415) when the request cannot be understood as a whole."""
    if encoding and encoding != "identity":
        body = _decompressed(body, encoding)
    try:
        body.decode()
    except UnicodeDecodeError as failure:
        raise Unusable(
            400, "not_utf8", f"the body is not UTF-8 text: {failure.reason} at byte {failure.start}"
        ) from None
    implied_type = SINGLE_EVENT_PATHS.get(path)
    try:
        if implied_type is not None:
            single = _decode_single(body)
            return Opened([msgspec.Raw(body)], _text(single.write_key), single.sent_at, None, False, implied_type)
        batch = _decode_batch(body)
    except msgspec.ValidationError as failure:
        raise Unusable(400, "not_a_batch", f'the body must be {{"batch": [event, …]}}: {failure}', "batch") from None
    except (msgspec.DecodeError, RecursionError) as failure:
        salvaged = None if implied_type else _salvaged(body)
        if salvaged is None:
            raise Unusable(400, "not_json", f"the body is not valid JSON: {failure}") from None
        batch = salvaged
    if len(batch.batch) > limits.BATCH_EVENTS:
        message = (
            f"the batch has {len(batch.batch):,} events; at most {limits.BATCH_EVENTS:,} are taken: send it in parts"
        )
        raise Unusable(413, "batch_too_large", message, "batch")
    return Opened(
        batch.batch, _text(batch.write_key), batch.sent_at, _shared_context(batch.context), batch.imported is True, None
    )


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
        except (binascii.Error, UnicodeDecodeError):
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


def _decompressed(body: bytes, encoding: str) -> bytes:
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise Unusable(415, "unknown_encoding", f"Content-Encoding {encoding} is not taken; use gzip or none")
    opener = zlib.decompressobj(wbits=31)
    try:
        opened = opener.decompress(body, limits.DECOMPRESSED_BYTES + 1)
    except zlib.error as failure:
        raise Unusable(400, "not_gzip", f"the body is not gzip: {failure}") from None
    if len(opened) > limits.DECOMPRESSED_BYTES:
        message = f"the body opens to more than {limits.DECOMPRESSED_BYTES:,} bytes: send it in parts"
        raise Unusable(413, "body_too_large", message)
    if not opener.eof:
        raise Unusable(400, "not_gzip", "the gzip body ends too early")
    return opened


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
    return _Batch(events, parts.get("writeKey"), parts.get("sentAt"), context, parts.get("import"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
