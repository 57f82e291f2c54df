"""What PostHog's SDKs, old and new, put on the wire, as a real server with a real database takes it."""

import base64
import gzip
import json
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from gooddata.ingestion import limits


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
async def rows(shared, shop):
    connection = await asyncpg.connect(shared.raw_dsn)

    async def look():
        found = await connection.fetch("SELECT * FROM raw.events WHERE project_id = $1 ORDER BY name", shop.project)
        return [dict(row) for row in found]

    yield look
    await connection.close()


def event(**fields):
    return {"uuid": str(uuid.uuid4()), "event": "Buy", "distinct_id": "v"} | fields


PATHS = ["/batch", "/batch/", "/e", "/e/", "/i/v0/e", "/i/v0/e/", "/capture", "/capture/", "/track/", "/i/v0/ai/batch/"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_takes_batches_lists_and_single_events(http, shop, rows, path):
    bodies = (
        {"api_key": shop.write_key, "batch": [event(event="a"), event(event="b")]},
        [event(event="c", properties={"token": shop.write_key}), event(event="d")],
        event(event="e", api_key=shop.write_key),
    )
    for body in bodies:
        answer = await http.post(path, json=body)
        assert (answer.status_code, answer.json()) == (200, {"status": 1, "rejected": []})
    assert [row["name"] for row in await rows()] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("path", ["/i/v1/analytics/events", "/i/v1/analytics/events/"])
async def test_the_newer_protocol_answers_by_uuid(http, shop, rows, path):
    good, bad = event(), event(distinct_id="")
    headers = {"Authorization": f"Bearer {shop.write_key}", "PostHog-Sdk-Info": "posthog-go/1.0"}
    answer = await http.post(path, json={"batch": [good, bad]}, headers=headers)
    results = answer.json()["results"]
    assert results[good["uuid"]] == {"result": "ok"}
    assert results[bad["uuid"]]["result"] == "drop"
    assert results[bad["uuid"]]["details"].startswith("missing_visitor: ")
    [row] = await rows()
    assert json.loads(row["context"]) == {"library": {"name": "posthog-go", "version": "1.0"}}


async def test_old_browser_forms_arrive(http, shop, rows):
    async def post(body, query="", **headers):
        answer = await http.post(f"/e/?ver=1.100.0{query}", content=body, headers=headers)
        assert answer.status_code in (200, 204), answer.text

    def text(name):
        return json.dumps([event(event=name, properties={"token": shop.write_key})]).encode()

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await post(b"data=" + quote(base64.b64encode(text("form"))).encode(), "&compression=base64&ip=1", **form)
    await post(gzip.compress(text("gzip")), "&compression=gzip-js&ip=1", **{"Content-Type": "text/plain"})
    await post(gzip.compress(text("mislabelled")), **{"Content-Type": "application/json"})
    await post(text("plain"), "&compression=gzip-js")
    await post(b"data=" + quote(base64.b64encode(text("beacon"))).encode(), "&compression=base64&beacon=1", **form)
    assert [row["name"] for row in await rows()] == ["beacon", "form", "gzip", "mislabelled", "plain"]


async def test_a_beacon_is_answered_with_nothing(http, shop, rows):
    answer = await http.post("/e/?beacon=1", json=event(api_key=shop.write_key))
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(await rows()) == 1


async def test_an_offset_stands_in_for_the_timestamp(http, shop, rows):
    wrong_clock = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    body = {"api_key": shop.write_key, "sent_at": wrong_clock, "batch": [event(offset=90_000)]}
    await http.post("/e/", json=body)
    [row] = await rows()
    assert abs(row["received_at"] - row["timestamp"] - timedelta(seconds=90)) < timedelta(milliseconds=5)


async def test_a_timestamp_is_put_right_by_the_time_of_sending(http, shop, rows):
    clock = datetime.now(UTC) - timedelta(days=3)
    body = {"api_key": shop.write_key, "sent_at": clock.isoformat()}
    body["batch"] = [event(timestamp=(clock - timedelta(minutes=1)).isoformat())]
    await http.post("/batch/", json=body)
    [row] = await rows()
    assert abs(row["received_at"] - row["timestamp"] - timedelta(minutes=1)) < timedelta(milliseconds=5)


async def test_the_same_bytes_without_a_uuid_count_once(http, shop, rows):
    body = event(api_key=shop.write_key, timestamp=datetime.now(UTC).isoformat())
    del body["uuid"]
    for _ in range(3):
        assert (await http.post("/capture", json=body)).json()["status"] == 1
    assert len(await rows()) == 1


async def test_a_refused_event_costs_no_other_and_is_kept(http, shop, shared, rows):
    bad = event(timestamp="yesterday")
    answer = await http.post("/batch/", json={"api_key": shop.write_key, "batch": [event(), bad, event()]})
    assert answer.json()["rejected"] == [
        {
            "index": 1,
            "uuid": bad["uuid"],
            "field": "timestamp",
            "reason": "invalid_timestamp",
            "message": "timestamp must be an ISO 8601 date and time, or milliseconds since 1970",
        }
    ]
    assert len(await rows()) == 2
    ledger = (await http.get("/api/ledger", headers={"Authorization": f"Bearer {shop.read_key}"})).json()
    assert (ledger["received"], ledger["stored"], ledger["rejected"]) == (3, 2, {"invalid_timestamp": 1})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b'{"event":"a","distinct_id":"v"}', 401, "missing_key"),
        (b'{"event":"a","distinct_id":"v","api_key":"gw_unknown"}', 401, "unknown_key"),
        (gzip.compress(bytes(limits.DECOMPRESSED_BYTES + 1)), 413, "body_too_large"),
        (b" " * (limits.BODY_BYTES + 1), 413, "body_too_large"),
        (b"\x28\xb5\x2f\xfd", 415, "unknown_encoding"),
    ],
)
async def test_a_refused_request_is_told_in_the_words_of_posthog(http, body, status, code):
    for path in ("/batch/", "/i/v1/analytics/events"):
        answer = await http.post(path, content=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail"] == answer.json()["error_description"] != ""


async def test_a_read_key_sends_nothing(http, shop):
    answer = await http.post("/e/", json=event(api_key=shop.read_key))
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_scope")
    assert (await http.get("/e/")).status_code == 405


@pytest.mark.parametrize("path", ["/flags", "/flags/?v=2", "/flags/?v=4", "/decide", "/decide/?v=3"])
async def test_there_are_no_feature_flags(http, shop, path):
    for body in ({"token": shop.write_key, "distinct_id": "v"}, {"api_key": shop.write_key, "distinct_id": "v"}):
        answer = (await http.post(path, json=body)).json()
        assert (answer["flags"], answer["featureFlags"], answer["errorsWhileComputingFlags"]) == ({}, {}, False)
    refused = await http.post(path, json={"token": "gw_unknown", "distinct_id": "v"})
    assert (refused.status_code, refused.json()["code"]) == (401, "unknown_key")


async def test_the_configuration_turns_off_what_is_not_there(http, shop):
    for ending in ("config", "config/"):
        config = (await http.get(f"/array/{shop.write_key}/{ending}")).json()
        assert (config["token"], config["sessionRecording"], config["hasFeatureFlags"]) == (
            shop.write_key,
            False,
            False,
        )
        assert (config["autocapture_opt_out"], config["heatmaps"], config["siteApps"]) == (True, False, [])
    script = await http.get(f"/array/{shop.write_key}/config.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert (await http.get("/array/gw_unknown/config")).status_code == 401


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/flags/definitions", {"flags": [], "group_type_mapping": {}, "cohorts": {}}),
        ("/api/feature_flag/local_evaluation", {"flags": [], "group_type_mapping": {}, "cohorts": {}}),
        ("/api/surveys/", {"surveys": [], "survey_config": None}),
        ("/api/early_access_features/", {"earlyAccessFeatures": []}),
        ("/api/web_experiments/", {"experiments": []}),
        ("/api/product_tours/", {"product_tours": []}),
    ],
)
async def test_what_is_not_there_is_an_empty_list(http, shop, path, answered):
    assert (await http.get(path, params={"token": shop.write_key})).json() == answered


@pytest.mark.parametrize("path", ["/e/", "/flags/", "/array/gw_1/config", "/v1/projects/gw_1/settings"])
async def test_a_browser_on_another_site_may_ask_and_send(http, path):
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "content-type,x-tenant"}
    allowed = await http.options(path, headers=headers)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert allowed.headers["access-control-allow-headers"] == "content-type,x-tenant"
    odd = await http.options(path, headers={"Access-Control-Request-Headers": "a;b"})
    assert odd.headers["access-control-allow-headers"] == "authorization, content-type"
    answer = await http.post(path, content=b"x")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_segments_batches_are_taken_under_all_their_names(http, shop, rows):
    for number, path in enumerate(("/v1/batch", "/v1/b", "/v1/import")):
        call = {"messageId": str(number), "type": "track", "event": path, "userId": "u"}
        answer = await http.post(path, json={"writeKey": shop.write_key, "batch": [call]})
        assert answer.json()["accepted"] == 1
    assert [row["name"] for row in await rows()] == ["/v1/b", "/v1/batch", "/v1/import"]


async def test_no_cache_may_tell_others_where_somebodys_events_go(http, shop):
    answer = await http.get(
        f"/v1/projects/{shop.write_key}/settings", headers={"X-Forwarded-Host": "elsewhere.example"}
    )
    assert answer.json()["integrations"]["Segment.io"]["apiHost"] == "elsewhere.example/v1"
    assert answer.headers["cache-control"] == "no-store"
