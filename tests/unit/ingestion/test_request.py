import base64
import gzip
import json
import uuid

import pytest

from gooddata.ingestion import limits
from gooddata.ingestion.request import key_of, open_request
from gooddata.ingestion.unusable import Unusable


def test_a_batch_opens_with_what_its_events_share():
    body = {"batch": [{"id": "a"}], "writeKey": "k", "sentAt": "2026-01-01T00:00:00Z", "context": {"locale": "de"}}
    opened = open_request(json.dumps(body).encode(), "/v1/batch", None)
    assert opened.raw_events() == [b'{"id": "a"}']
    assert (opened.write_key, opened.context, opened.imported) == ("k", b'{"locale": "de"}', False)


def test_a_single_event_is_a_batch_of_one_with_its_type_implied():
    for body in (b'{"event":"Buy","writeKey":"k"}', b' {"event":"Buy","writeKey":"k","unheard_of":1}'):
        opened = open_request(body, "/v1/t", None)
        assert len(opened.raw_events()) == 1
        assert opened.write_key == "k"
        assert "track" in (opened.implied_type, json.loads(opened.raw_events()[0]).get("type"))


EVENT = {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": "v"}


@pytest.mark.parametrize(
    "body",
    [
        {"batch": [EVENT, EVENT], "writeKey": "k"},
        {"context": {"languages": ["de", "en"]}, "batch": [EVENT, EVENT], "writeKey": "k"},
        {"writeKey": "k", "batch": [EVENT | {"properties": {"tags": ["[", "]"]}}, EVENT], "after": [[1]]},
        {"writeKey": "k[", "note": "]", "batch": [EVENT, EVENT]},
        {"writeKey": "k", "nested": {"batch": [EVENT]}, "batch": [EVENT, EVENT]},
        {"writeKey": "k", "batch": [EVENT, EVENT], "nested": {"batch": []}},
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (" ,\n", " : ")])
def test_a_batch_is_found_wherever_it_stands(body, separators):
    opened = open_request(json.dumps(body, separators=separators).encode(), "/v1/batch", None)
    assert [json.loads(event) for event in opened.raw_events()] == body["batch"]
    assert opened.write_key == body["writeKey"]
    assert json.loads(opened.context or b"null") == body.get("context")
    if opened.usual is not None:
        assert [event.id for event in opened.usual] == [EVENT["id"]] * 2


def test_what_is_between_the_brackets_must_be_the_batch():
    for body in (
        b'{"other":[%s],"batch":{}}',
        b'{"batch":"[%s]"}',
        b'{"batch":[%s]x}',
        b'{"batch":[[%s]]}',
        b'{"batch":[%s],"batch":3}',
    ):
        event = json.dumps(EVENT).encode()
        try:
            opened = open_request(body % event, "/v1/batch", None)
        except Unusable:
            continue
        assert opened.usual is None


def test_gzip_opens():
    assert len(open_request(gzip.compress(b'{"batch":[{},{}]}'), "/v1/batch", "gzip").raw_events()) == 2


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"", None, 400, "not_json"),
        (b"[]", None, 400, "not_a_batch"),
        (b'{"batch":1}', None, 400, "not_a_batch"),
        (b"{}", None, 400, "not_a_batch"),
        (b'{"batch":[]', None, 400, "not_json"),
        (b'{"batch":["\xff"]}', None, 400, "not_utf8"),
        (b"[" * 200_000, None, 400, "not_a_batch"),
        (b'{"batch":[],"context":[]}', None, 400, "not_an_object"),
        (b'{"batch":[],"context":{"a":"\\u0000"}}', None, 400, "unreadable_text"),
        (b'{"batch":[%s]}' % b",".join([b"{}"] * (limits.BATCH_EVENTS + 1)), None, 413, "batch_too_large"),
        (b"no gzip", "gzip", 400, "not_gzip"),
        (gzip.compress(b'{"batch":[]}', mtime=0)[:-9], "gzip", 400, "not_gzip"),
        (gzip.compress(bytes(limits.DECOMPRESSED_BYTES + 1)), "gzip", 413, "body_too_large"),
        (b"x", "br", 415, "unknown_encoding"),
    ],
)
def test_an_unusable_request_is_answered_with_what_is_wrong(body, encoding, status, code):
    with pytest.raises(Unusable) as problem:
        open_request(body, "/v1/batch", encoding)
    assert (problem.value.status, problem.value.code) == (status, code)


def test_an_event_that_breaks_json_does_not_cost_its_neighbours():
    opened = open_request(
        b'{"batch":[{"id":"a"},{"id":"\\ud800"},{"id":"b","x":NaN}],"writeKey":"k"}', "/v1/batch", None
    )
    assert len(opened.raw_events()) == 3
    assert json.loads(opened.raw_events()[0]) == {"id": "a"}
    assert opened.write_key == "k"


def test_the_key_comes_as_basic_or_bearer():
    assert key_of("Basic " + base64.b64encode(b"gw_1:").decode()) == "gw_1"
    assert key_of("Bearer gw_1") == "gw_1"
    for nothing in (None, "", "Basic", "Basic ?", "Digest x", "Bearer "):
        assert key_of(nothing) is None
