"""Whatever PostHog's SDKs wrap around events. The first byte says by which route it comes."""

import base64
import gzip
import json
from urllib.parse import quote

from gooddata.ingestion.dialects.posthog import answers, wire
from gooddata.ingestion.dialects.route import Request
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.unusable import Unusable
from tests.fuzz.storable import NOW, take_in

EVENT = {
    "event": "$pageview", "distinct_id": "d", "uuid": "0198c4a1-0000-7000-8000-000000000002",
    "properties": {"token": "gw_x", "$current_url": "https://a.example/x", "$set": {"a": 1}, "$elements_chain": "a.b:href=\"/\""},
}  # fmt: skip
PLAIN = json.dumps(
    {"api_key": "gw_x", "batch": [EVENT, {"event": "$identify", "distinct_id": "u", "$set": {"email": "x"}}]}
)
SEEDS = [
    b"\x00" + PLAIN.encode(),
    b"\x01" + json.dumps([EVENT]).encode(),
    b"\x00" + base64.b64encode(json.dumps(EVENT).encode()),
    b"\x00data=" + quote(base64.b64encode(json.dumps(EVENT).encode())).encode() + b"&compression=base64",
    b"\x02" + gzip.compress(PLAIN.encode(), mtime=0),
    b"\x03" + b'{"token":"a","batch":[{"event":NaN,"timestamp":"9999-12-31T23:59:59.999999-23:59","offset":1e300}]}',
    b"\x04beacon=1&sent_at=12&_=9",
]
HEADERS = [
    [], [(b"authorization", b"Bearer gw_x")],
    [(b"posthog-sdk-info", b"posthog-js/1.2"), (b"posthog-request-timestamp", b"2026-11-20T12:00:00Z")],
]  # fmt: skip


def attack(data: bytes) -> None:
    kind = (data[:1] or b"\0")[0]
    query = data[1:].decode("latin-1") if kind == 4 else "beacon=1"
    request = Request("/batch", query, Headers(HEADERS[kind % len(HEADERS)]), "http", data[1:], NOW)
    opened_by = [wire.open_batch, wire.open_v1][kind % 2]
    try:
        wire.key(request)
        sent = opened_by(request)
    except Unusable as problem:
        answers.refusal(problem)
        return
    answers.receipt(request, sent, [])
    assert len(sent.ids) == sent.opened.count
    take_in(sent.opened)
