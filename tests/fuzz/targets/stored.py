"""Stored batches as workers and others read them, whoever wrote them."""

import msgspec

from gooddata.event import decode_batch
from gooddata.eventlog.batch import StoredBatch
from gooddata.intelligence.facts.read import read_batch
from tests.fuzz.storable import _moment, extractor, require_storable

SEEDS = [
    b'[{"project":"shop","received_at":1795132800000,"times":[1,2],"ids":[null,"0198c4a1-0000-7000-8000-000000000001"],'
    b'"context":{"page":{"url":"https://a.example/?utm_campaign=x","referrer":"https://b.example"},"userAgent":"Mozilla/5.0"},'
    b'"events":[{"type":"page","id":"0198c4a1-0000-7000-8000-000000000002","visitor":"v","properties":{"path":"/a"}},'
    b'{"type":"track","name":"$form","id":"x","userId":"u","properties":{"fields":[{"name":"a"}],"price":"1e5","n":1e308}}]}]',
    b'[{"project":"shop","received_at":1,"times":[1],"events":[{"type":"identify","id":"0198c4a1-0000-7000-8000-000000000002",'
    b'"visitor":"v","user":"u","traits":{"email":"a@b.c"},"vector":[1,2]}]}]',
    b"[{}]", b"[[", b'[{"project":"a","received_at":1,"times":[],"events":[1]}]',
]  # fmt: skip
_EXTRACTOR = extractor()


def attack(data: bytes) -> None:
    facts, _ = read_batch(_EXTRACTOR, StoredBatch(0, 1, _moment(), 1, data))
    for fact in facts:
        for field in fact.__struct_fields__:
            if field not in ("project_id", "kind"):
                require_storable(getattr(fact, field))
    try:
        for event in decode_batch(data):
            msgspec.json.encode(event)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return
