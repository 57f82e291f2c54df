import base64
import gzip
import json

import pytest

from gooddata.ingestion import limits
from gooddata.ingestion.request import Unusable, key_of, open_request


def test_a_batch_opens_with_what_its_events_share():
    body = {"batch": [{"id": "a"}], "writeKey": "k", "sentAt": "2026-01-01T00:00:00Z", "context": {"locale": "de"}}
    opened = open_request(json.dumps(body).encode(), "/v1/batch", None)
    assert [bytes(event) for event in opened.events] == [b'{"id": "a"}']
    assert (opened.write_key, opened.context, opened.imported) == ("k", b'{"locale": "de"}', False)


def test_a_single_event_is_a_batch_of_one_with_its_type_implied():
    opened = open_request(b'{"event":"Buy","writeKey":"k"}', "/v1/t", None)
    assert (len(opened.events), opened.implied_type, opened.write_key) == (1, "track", "k")


def test_gzip_opens():
    assert len(open_request(gzip.compress(b'{"batch":[{},{}]}'), "/v1/batch", "gzip").events) == 2


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
        (gzip.compress(b'{"batch":[]}')[:-9], "gzip", 400, "not_gzip"),
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
    assert len(opened.events) == 3
    assert json.loads(bytes(opened.events[0])) == {"id": "a"}
    assert opened.write_key == "k"


def test_the_key_comes_as_basic_or_bearer():
    assert key_of("Basic " + base64.b64encode(b"gw_1:").decode()) == "gw_1"
    assert key_of("Bearer gw_1") == "gw_1"
    for nothing in (None, "", "Basic", "Basic ?", "Digest x", "Bearer "):
        assert key_of(nothing) is None
