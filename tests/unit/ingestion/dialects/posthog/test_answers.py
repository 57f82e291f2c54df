import json
import re

import pytest

from gooddata.ingestion.dialects.posthog import answers
from gooddata.ingestion.dialects.route import Request, Sent
from gooddata.ingestion.request import Opened
from gooddata.ingestion.unusable import Unusable

SENT = Sent(Opened([], "k", None, None, False, None), ["a", None, "b"])
REJECTED = [
    {"index": 2, "id": "b", "field": "visitor", "reason": "missing_visitor", "message": "the event needs a visitor"}
]


def request(path="/e", query=""):
    return Request(path, query, {}, "http", b"", 0)


def test_a_receipt_says_success_and_names_what_was_refused_in_the_senders_words():
    reply = answers.receipt(request(), SENT, REJECTED)
    assert reply.status == 200
    assert json.loads(reply.body) == {
        "status": 1,
        "rejected": [
            {
                "index": 2,
                "uuid": "b",
                "field": "distinct_id",
                "reason": "missing_visitor",
                "message": "the event needs a visitor",
            }
        ],
    }


def test_a_beacon_gets_an_empty_receipt():
    reply = answers.receipt(request(query="beacon=1"), SENT, [])
    assert (reply.status, reply.body) == (204, b"")


def test_the_newer_receipt_drops_what_was_refused_and_asks_for_nothing_again():
    results = json.loads(answers.receipt_v1(request(), SENT, REJECTED).body)["results"]
    assert results == {
        "a": {"result": "ok"},
        "b": {"result": "drop", "details": "missing_visitor: the event needs a visitor"},
    }


@pytest.mark.parametrize(("status", "answered"), [(400, 400), (401, 401), (413, 413), (429, 503), (503, 503)])
def test_a_refusal_has_the_words_and_the_status_that_sdks_act_on(status, answered):
    reply = answers.refusal(Unusable(status, "some_code", "what is wrong", "batch"))
    body = json.loads(reply.body)
    assert reply.status == answered
    assert (body["code"], body["detail"], body["attr"]) == ("some_code", "what is wrong", "batch")
    assert (body["error"], body["error_description"]) == ("some_code", "what is wrong")


def test_a_missing_key_is_asked_for_by_the_names_that_the_sender_knows():
    body = json.loads(answers.refusal(Unusable(401, "missing_key", "send it as writeKey", "writeKey")).body)
    assert "api_key" in body["detail"]
    assert body["attr"] == "api_key"


def test_there_are_no_flags_and_the_configuration_comes_along_where_it_is_asked_for():
    plain = json.loads(answers.flags(request("/flags", "v=2"), "k").body)
    assert (plain["flags"], plain["featureFlags"], plain["errorsWhileComputingFlags"]) == ({}, {}, False)
    assert "supportedCompression" not in plain
    for asked in (request("/flags", "v=2&config=true"), request("/decide", "v=3")):
        whole = json.loads(answers.flags(asked, "k").body)
        assert (whole["sessionRecording"], whole["supportedCompression"][0]) == (False, "gzip")


def test_the_configuration_as_a_script_is_the_same_configuration():
    as_json = json.loads(answers.config(request("/array/gw_1/config"), "gw_1").body)
    assert as_json["token"] == "gw_1"
    script = answers.config(request("/array/gw_1/config.js"), "gw_1")
    assert script.media_type.startswith("text/javascript")
    found = re.fullmatch(r'\(window\._P\w+=.*\|\|\{\}\)\["gw_1"\]=\{config:(.*),siteApps:\[\]\};', script.body.decode())
    assert json.loads(found[1]) == as_json
