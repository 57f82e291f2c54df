import base64
import gzip
import json
import zlib
from urllib.parse import quote, quote_plus

import pytest

from gooddata.ingestion import limits
from gooddata.ingestion.dialects.posthog import wire
from gooddata.ingestion.dialects.route import Request
from gooddata.ingestion.unusable import Unusable

EVENT = {"event": "Bäume ÷ 😀", "distinct_id": "v", "uuid": "01a21253-d27b-7bd0-815b-1383dbae0f28"}
TEXT = json.dumps(EVENT).encode()
B64 = base64.b64encode(TEXT)


def request(body, path="/e", query="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(path, query, named, "http", body, 1_795_000_000_000)


def names(sent):
    return [json.loads(event)["name"] for event in sent.opened.raw_events()]


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        b"  " + TEXT + b"\n",
        gzip.compress(TEXT),
        zlib.compress(TEXT),
        B64,
        B64.rstrip(b"="),
        base64.urlsafe_b64encode(TEXT),
        base64.b64encode(gzip.compress(TEXT)),
        gzip.compress(B64),
        b"data=" + quote(TEXT).encode(),
        b"data=" + quote_plus(TEXT).encode() + b"&ip=1",
        b"data=" + quote(B64).encode(),
        b"data=" + B64,
        b"data=" + json.dumps(EVENT, ensure_ascii=False).encode(),
        b"data=" + quote(base64.b64encode(gzip.compress(TEXT))).encode(),
        b"[" + TEXT + b"]",
        b'{"batch":[' + TEXT + b'],"api_key":"k"}',
    ],
)
@pytest.mark.parametrize("claim", [{}, {"query": "compression=gzip-js"}, {"content_encoding": "gzip"}])
def test_packings_are_told_by_their_first_bytes_whatever_is_claimed(body, claim):
    assert names(wire.open_batch(request(body, **claim))) == ["Bäume ÷ 😀"]


@pytest.mark.parametrize(
    ("body", "query", "headers"),
    [
        ({**EVENT, "api_key": "k"}, "", {}),
        ({**EVENT, "token": "k"}, "", {}),
        ({**EVENT, "properties": {"token": "k"}}, "", {}),
        ([{**EVENT, "properties": {"token": "k"}}, EVENT], "", {}),
        ([{**EVENT, "api_key": "k"}], "", {}),
        ({"batch": [EVENT], "api_key": "k"}, "", {}),
        ({"batch": [EVENT], "token": "k"}, "", {}),
        ({"batch": [{**EVENT, "properties": {"token": "k"}}]}, "", {}),
        (EVENT, "token=k", {}),
        (EVENT, "api_key=k", {}),
        (EVENT, "", {"authorization": "Bearer k"}),
        ({**EVENT, "api_key": "other"}, "", {"authorization": "Bearer k"}),
    ],
)
def test_the_key_is_found_wherever_sdks_put_it(body, query, headers):
    asked = request(json.dumps(body).encode(), query=query, **headers)
    assert wire.open_batch(asked).opened.write_key == "k"
    assert wire.key(asked) == "k"


@pytest.mark.parametrize(
    ("body", "query", "sent_at"),
    [
        ({"batch": [EVENT], "sent_at": "2026-11-25T10:00:00Z"}, "", "2026-11-25T10:00:00Z"),
        ({**EVENT, "sent_at": "2026-11-25T10:00:00Z"}, "_=5", "2026-11-25T10:00:00Z"),
        ([EVENT], "sent_at=1795000000000", 1_795_000_000_000),
        ([EVENT], "ver=1&_=1795000000000", 1_795_000_000_000),
        ([EVENT], "_=now", None),
    ],
)
def test_the_time_of_sending_is_in_the_body_or_the_query(body, query, sent_at):
    assert wire.open_batch(request(json.dumps(body).encode(), query=query)).opened.sent_at == sent_at


def test_the_newer_protocol_says_who_sends_and_when_in_headers():
    body = json.dumps({"batch": [EVENT]}).encode()
    headers = {
        "authorization": "Bearer k",
        "posthog_sdk_info": "posthog-python/7.91.1",
        "posthog_request_timestamp": "2026-11-25T10:00:00Z",
    }
    sent = wire.open_v1(request(body, **headers))
    assert (sent.opened.write_key, sent.opened.sent_at) == ("k", "2026-11-25T10:00:00Z")
    assert json.loads(sent.opened.context) == {"library": {"name": "posthog-python", "version": "7.91.1"}}
    assert sent.ids == [EVENT["uuid"]]


def test_an_event_that_breaks_json_does_not_cost_its_neighbours():
    sent = wire.open_batch(request(b'{"api_key":"k","batch":[%s,{"event":"\\ud800","x":NaN}]}' % TEXT))
    assert sent.opened.write_key == "k"
    assert json.loads(sent.opened.raw_events()[0])["name"] == EVENT["event"]
    assert sent.opened.count == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"hello there", 400, "not_json"),
        (b"data=", 400, "not_json"),
        (b'"text"', 400, "not_json"),
        (b'{"batch": 5}', 400, "not_a_batch"),
        (b'{"batch": {}}', 400, "not_a_batch"),
        (b"\xff\xfe{", 400, "not_json"),
        (b'{"event":"\xff"}', 400, "not_utf8"),
        (b"{" * 100_000, 400, "not_json"),
        (b'{"a":' * 100_000, 400, "not_json"),
        (gzip.compress(TEXT)[:-9], 400, "not_gzip"),
        (b"\x1f\x8bno gzip", 400, "not_gzip"),
        (b"\x28\xb5\x2f\xfdzstd", 415, "unknown_encoding"),
        (gzip.compress(bytes(limits.DECOMPRESSED_BYTES + 1)), 413, "body_too_large"),
        (base64.b64encode(gzip.compress(b"[" + b" " * limits.DECOMPRESSED_BYTES)), 413, "body_too_large"),
        (b"[%s]" % b",".join([b"{}"] * (limits.BATCH_EVENTS + 1)), 413, "batch_too_large"),
    ],
)
def test_an_unusable_request_is_answered_with_what_is_wrong(body, status, code):
    with pytest.raises(Unusable) as problem:
        wire.open_batch(request(body))
    assert (problem.value.status, problem.value.code) == (status, code)
