"""Single calls in Segment's form, and the path of its settings. The first byte says which call it is."""

import json

from gooddata.ingestion.dialects import segment
from gooddata.ingestion.dialects.route import Request
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, open_request
from gooddata.ingestion.unusable import Unusable
from tests.fuzz.storable import NOW, take_in

PATHS = sorted(SINGLE_EVENT_PATHS)
CALL = {"messageId": "m-1", "anonymousId": "a", "event": "Order Completed", "sentAt": "2026-11-20T12:00:00.000Z"}
SEEDS = [
    bytes([number]) + json.dumps(CALL | more).encode()
    for number, more in enumerate([
        {}, {"userId": "u", "traits": {"email": "a@b.c"}}, {"properties": {"products": [{"price": "1e5"}]}},
        {"type": "track", "context": {"campaign": {"source": "x"}, "userAgent": "Mozilla/5.0"}}, {"previousId": 5},
    ])
] + [b"\x00  { }", b"\xff/v1/projects/gw_%41/settings"]  # fmt: skip


def attack(data: bytes) -> None:
    if data[:1] == b"\xff":
        path = data[1:].decode("latin-1")
        if route := segment.route_of(path):
            request = Request(path, "", Headers([(b"host", data[:40])]), "http", b"", NOW)
            route.answer(request, route.key(request) or "")
        return
    try:
        opened = open_request(data[1:], PATHS[(data[:1] or b"\0")[0] % len(PATHS)], None)
    except Unusable:
        return
    take_in(opened)
