"""GoodData's own batches."""

import json

from gooddata.ingestion.request import open_request
from gooddata.ingestion.unusable import Unusable
from tests.fuzz.storable import take_in

EVENT = {"id": "0198c4a1-0000-7000-8000-000000000001", "type": "track", "name": "Buy", "visitor": "v"}
SEEDS = [
    json.dumps({"writeKey": "gw_x", "batch": [EVENT]}).encode(),
    json.dumps({
        "writeKey": "gw_x", "sentAt": "2026-11-20T12:00:00Z", "context": {"page": {"url": "https://a.example/x?utm_source=b"}},
        "batch": [EVENT | {"type": "page", "properties": {"a": [1, {"b": None}], "text": "é"}, "vector": [0.5, 1e3]},
                  EVENT | {"id": "2", "timestamp": 1_795_132_000_000, "type": "identify", "user": "u", "traits": {"email": "a@b.c"}}],
    }).encode(),
    b'{"batch":[{"id":"1","type":"track","name":"\\ud800","visitor":"v"},{"a":NaN}],"import":true,"cookieless":true}',
    b'{"batch":[{"id":"1","type":"track","name":"A\\u0000","visitor":"v","timestamp":"0001-01-01T00:00:00Z","n":1e400}]}',
]  # fmt: skip


def attack(data: bytes) -> None:
    try:
        opened = open_request(data, "/v1/batch", None)
    except Unusable:
        return
    take_in(opened)
