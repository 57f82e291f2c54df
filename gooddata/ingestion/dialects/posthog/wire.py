"""Unpacks a request of a PostHog SDK: gzip, zlib, base64 and form data down to JSON, and JSON to events.

How a body is packed is read from its first bytes, since senders name it in the query, in a header, or not at all.
"""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import unquote

import msgspec

from gooddata.ingestion import limits
from gooddata.ingestion.dialects.posthog.translate import translated
from gooddata.ingestion.dialects.route import Request, Sent, first_value
from gooddata.ingestion.inflate import GZIP_OR_ZLIB, inflated
from gooddata.ingestion.request import opened_events
from gooddata.ingestion.unusable import Unusable

CONFIG_PATH = re.compile(r"/array/([^/]+)/config(?:\.js)?").fullmatch

_GZIP, _ZLIB, _ZSTANDARD = b"\x1f\x8b", b"\x78", b"\x28\xb5\x2f\xfd"


class _Envelope(msgspec.Struct):
    """What a request says of itself, around its events or in its only event."""

    batch: list[msgspec.Raw] | None = None
    api_key: Any = None
    token: Any = None
    sent_at: Any = None


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def open_batch(request: Request) -> Sent:
    """Opens a batch, a list of events or a single event. Raises Unusable (400, 413, 415)."""
    envelope = _opened(unpacked(request))
    key = request.header_key or _key_of(envelope) or _key_of_first(envelope) or _key_in_query(request)
    return _sent(request, envelope, key, envelope.sent_at or _sent_at_in_query(request), None)


def open_v1(request: Request) -> Sent:
    """Opens a request that says in headers who sends it, with what, and when. Raises Unusable (400, 413, 415)."""
    envelope = _opened(unpacked(request))
    name, _, version = (request.headers.get("posthog-sdk-info") or "").partition("/")
    context = msgspec.json.encode({"library": {"name": name, "version": version}}) if name and version else None
    key = request.header_key or _key_of(envelope)
    return _sent(request, envelope, key, request.headers.get("posthog-request-timestamp"), context)


def key(request: Request) -> str | None:
    """The token of a request that asks something, from its header, query or body."""
    found = request.header_key or _key_in_query(request)
    if found or not request.body:
        return found
    envelope = _opened(unpacked(request))
    return _key_of(envelope) or _key_of_first(envelope)


def key_in_path(request: Request) -> str | None:
    """The token in /array/<token>/config."""
    found = CONFIG_PATH(request.path)
    return unquote(found.group(1)) if found else None


def unpacked(request: Request) -> bytes:
    """The JSON in a request's body, whatever is wrapped around it."""
    body = _inflated(request.body)
    if body.startswith(b"data="):
        body = (first_value(body.decode(errors="surrogateescape"), "data") or "").encode(errors="surrogateescape")
    body = body.strip()
    if body[:1] not in (b"{", b"["):
        body = _inflated(_from_base64(body)).strip()
    if body[:1] not in (b"{", b"["):
        raise Unusable(400, "not_json", "the body is neither a JSON object or list, nor gzip or base64 of one")
    try:
        body.decode()
    except UnicodeDecodeError as failure:
        message = f"the body is not UTF-8 text: {failure.reason} at byte {failure.start}"
        raise Unusable(400, "not_utf8", message) from None
    return body


def _sent(request: Request, envelope: _Envelope, key: str | None, sent_at: Any, context: bytes | None) -> Sent:
    events = envelope.batch or []
    if len(events) > limits.BATCH_EVENTS:
        message = f"the batch has {len(events):,} events; at most {limits.BATCH_EVENTS:,} are taken: send it in parts"
        raise Unusable(413, "batch_too_large", message, "batch")
    raw, ids = translated(events, request.received_at, sent_at)
    return Sent(opened_events([bytes(event) for event in raw], key, sent_at, context), ids)


def _opened(body: bytes) -> _Envelope:
    try:
        if body.startswith(b"["):
            return _Envelope(_decode_list(body))
        envelope = _decode_envelope(body)
    except msgspec.ValidationError as failure:
        message = f'the body must be an event, a list of events, or {{"batch": [event, …]}}: {failure}'
        raise Unusable(400, "not_a_batch", message, "batch") from None
    except (msgspec.DecodeError, RecursionError) as failure:
        salvaged = _salvaged(body)
        if salvaged is None:
            raise Unusable(400, "not_json", f"the body is not valid JSON: {failure}") from None
        return salvaged
    if envelope.batch is None:
        envelope.batch = [msgspec.Raw(body)]
    return envelope


def _salvaged(body: bytes) -> _Envelope | None:
    """A request in which one event writes what strict JSON forbids (NaN, a lone surrogate), taken apart by a lenient
    decoder, so that the bad event does not cost its neighbours."""
    try:
        parts = json.loads(body)
        around = parts if isinstance(parts, dict) else {}
        events = around.get("batch", parts if isinstance(parts, list) else [parts])
        if not isinstance(events, list):
            return None
        batch = [msgspec.Raw(json.dumps(event).encode()) for event in events]
    except (ValueError, RecursionError):
        return None
    return _Envelope(batch, around.get("api_key"), around.get("token"), around.get("sent_at"))


def _inflated(body: bytes) -> bytes:
    if body.startswith(_ZSTANDARD):
        raise Unusable(415, "unknown_encoding", "zstd is not taken; use gzip, deflate or none")
    if not (body.startswith(_GZIP) or _is_zlib(body)):
        return body
    return inflated(body, GZIP_OR_ZLIB)


def _is_zlib(body: bytes) -> bool:
    return body.startswith(_ZLIB) and len(body) > 2 and int.from_bytes(body[:2], "big") % 31 == 0


def _from_base64(text: bytes) -> bytes:
    """What the text stands for; nothing where it is no base64."""
    # In a form, + reads as a space where the sender did not escape it; padding is often left out.
    alphabet = text.replace(b" ", b"+").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(alphabet + b"=" * (-len(alphabet) % 4), validate=True)
    except binascii.Error:
        return b""


def _key_of(envelope: _Envelope) -> str | None:
    return _text(envelope.api_key) or _text(envelope.token)


def _key_of_first(envelope: _Envelope) -> str | None:
    """posthog-js names the token in each event's properties."""
    try:
        first = msgspec.json.decode(envelope.batch[0]) if envelope.batch else None
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(first, dict):
        return None
    properties = first.get("properties")
    within = properties.get("token") if isinstance(properties, dict) else None
    return _text(first.get("api_key")) or _text(first.get("token")) or _text(within)


def _key_in_query(request: Request) -> str | None:
    return request.parameter("token") or request.parameter("api_key")


def _sent_at_in_query(request: Request) -> int | None:
    """Epoch milliseconds; older posthog-js calls them `_`."""
    found = request.parameter("sent_at") or request.parameter("_")
    return int(found) if found and found.isascii() and found.isdigit() and len(found) <= 15 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
