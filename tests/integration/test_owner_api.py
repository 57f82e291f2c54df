"""What owners do over the query API: refused to everybody else, done as the commands do it, and written down."""

import json
import uuid

import asyncpg
import httpx
import pytest

from gooddata.persistence.audit_trail import audit_trail
from gooddata.serving.access import make_link_token
from gooddata.serving.owner_api import HANDLERS
from tests.conftest import Processes
from tests.integration.site import opened_site

PLAN = {"mode": "enforce", "events": {"A": {"required": ["x"]}}}
BODIES = {
    "/erasures": {"visitor": "v"},
    "/rejected/replay": {},
    "/retention/terms": {"kind": "raw", "term": "90d"},
    "/projects": {"name": "Other"},
    "/keys/rotate": {},
    "/rules/goals": {"goals": []},
    "/rules/plan": {"plan": None},
    "/rules/properties": {"properties": []},
    "/rules/exclusions": {"exclusions": []},
    "/rules/holdout": {"share": 0.1},
    "/rules/recommendations": {},
    "/rules/items": {"items": []},
}
ROUTES = [(method, path) for handler in HANDLERS for path in handler.paths for method in handler.http_methods]
BY_OPERATOR = ["/rejected", "/rejected/replay", "/erasures", "/audit", "/held", "/trace", "/rules/plan/violations"]
ASKED = {"/trace": {"event": "e"}, "/held": {"visitor": "v"}}
MAKES = ("/erasures", "/projects")


def event(**fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": str(uuid.uuid4())} | fields


async def signed_in(analytics_dsn, url):
    """A browser that has used a one-time link."""
    connection = await asyncpg.connect(analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    browser = httpx.AsyncClient(base_url=url, timeout=30, headers={"X-GoodData": "1"})
    await browser.get("/sign-in", params={"token": token})
    return browser


class Asking:
    """A signed-in owner of one project."""

    def __init__(self, browser, project):
        self.browser, self.project = browser, project

    async def __call__(self, method, path, body=None, status=None, **asked):
        asked = {"project": self.project} | asked
        answer = await self.browser.request(method, f"/api{path}", params=asked, json=body)
        assert answer.status_code == (status or (201 if method == "POST" and path in MAKES else 200)), answer.text
        return answer.json()


@pytest.fixture
async def site(processes, databases):
    processes.environment["GOODDATA_OPERATOR_RAW_DSN"] = databases.raw_dsn
    processes.environment["GOODDATA_OPERATOR_ANALYTICS_DSN"] = databases.analytics_dsn
    async with opened_site(processes, databases, "work") as made:
        yield made


@pytest.fixture
async def owner(site):
    browser = await signed_in(site.databases.analytics_dsn, str(site.http.base_url))
    yield Asking(browser, site.shop.project)
    await browser.aclose()


@pytest.fixture
async def asking(operated, shared, shop):
    """An owner at a server that tests share."""
    browser = await signed_in(shared.analytics_dsn, operated)
    yield Asking(browser, shop.project)
    await browser.aclose()


@pytest.fixture(scope="module")
async def operated(shared, tmp_path_factory):
    """The address of a server that has the operator's connections."""
    started = Processes(shared, tmp_path_factory.mktemp("operated"))
    started.environment |= {"GOODDATA_OPERATOR_RAW_DSN": shared.raw_dsn}
    started.environment |= {"GOODDATA_OPERATOR_ANALYTICS_DSN": shared.analytics_dsn}
    yield (await started.serve()).url
    started.end()


async def trail(site):
    connection = await asyncpg.connect(site.databases.raw_dsn)
    entries = await audit_trail(connection, site.shop.project, None, None, 100)
    await connection.close()
    return [(entry["action"], entry["actor"].split()[0]) for entry in entries]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_read_key_opens_nothing_of_it(shop, server, method, path):
    async with httpx.AsyncClient(base_url=server.url) as http:
        asked = ASKED.get(path, {}) | {"project": shop.project}
        key = {"Authorization": f"Bearer {shop.read_key}"}
        answer = await http.request(method, f"/api{path}", params=asked, json=BODIES.get(path), headers=key)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), answer.text
        answer = await http.request(method, f"/api{path}", params=asked, json=BODIES.get(path))
        assert answer.status_code == 401


async def test_a_server_without_the_operators_connections_says_what_to_set(shop, server, shared):
    browser = await signed_in(shared.analytics_dsn, server.url)
    ask = Asking(browser, shop.project)
    for method, path in ROUTES:
        if path in BY_OPERATOR:
            refusal = await ask(method, path, BODIES.get(path), status=403, **ASKED.get(path, {}))
            assert "GOODDATA_OPERATOR_RAW_DSN" in refusal["error"]["message"], path
    assert (await ask("GET", "/pipeline"))["operator"] is False
    assert (await ask("GET", "/install", details=True))["state"] == "waiting"
    await browser.aclose()


@pytest.mark.parametrize(
    ("method", "path", "body", "asked"),
    [
        ("GET", "/rejected", None, {"reason": "a\0b"}),
        ("GET", "/rejected", None, {"cursor": f"1-{10**30}"}),
        ("GET", "/rejected", None, {"cursor": f"{10**30}-1"}),
        ("GET", "/audit", None, {"before": 10**30}),
        ("GET", "/trace", None, {"event": "a\0b"}),
        ("GET", "/rules/plan/violations", None, {"since": "999999d"}),
        ("POST", "/rejected/replay", {"since": "999999d"}, {}),
        ("POST", "/rejected/replay", {"reason": "a\0b"}, {}),
        ("POST", "/projects", {"name": "a\0b"}, {}),
        ("PUT", "/rules/exclusions", {"exclusions": [{"kind": "user", "value": "a\0b"}]}, {}),
        ("PUT", "/rules/items", {"items": [{"item": "a\0b", "in_stock": True}]}, {}),
        ("PUT", "/rules/holdout", {"share": "much"}, {}),
        ("PUT", "/retention/terms", [], {}),
    ],
)
async def test_what_cannot_be_used_is_the_senders_mistake(asking, method, path, body, asked):
    await asking(method, path, body, status=400, **asked)


async def test_what_was_rejected_is_listed_and_sent_again_once_the_plan_is_mended(site, owner):
    await site.set_plan(PLAN)
    bad = [event() for _ in range(3)]
    await site.send(*bad, event(timestamp="never"))
    found = await owner("GET", "/rejected", limit=3)
    counted = [(group["reason"], group["events"]) for group in found["groups"]]
    assert counted == [("tracking_plan", 3), ("invalid_timestamp", 1)]
    rest = await owner("GET", "/rejected", limit=3, cursor=found["next"])
    both = found["events"] + rest["events"]
    assert len(both) == len({each["id"] for each in both}) == 4
    assert rest["next"] is None
    assert json.loads(rest["events"][0]["event"]) == bad[0]
    assert len((await owner("GET", "/rejected", reason="tracking_plan"))["events"]) == 3
    await owner("GET", "/rejected", cursor="7", status=400)

    where = await owner("GET", "/trace", event=bad[0]["id"])
    assert (where["state"], where["rejections"][0]["reason"]) == ("rejected", "tracking_plan")
    assert [(each["step"], each["text"].split()[0]) for each in where["way"]] == [("rejected", "refused:")]

    await owner("PUT", "/rules/plan", {"plan": PLAN | {"mode": "warn"}})
    await site.http.post("/v1/batch", json={"writeKey": str(uuid.uuid4()), "batch": []})
    report = await owner("POST", "/rejected/replay", {"reason": "tracking_plan"})
    assert (report["offered"], report["accepted"], report["stopped"]) == (3, 3, None)
    assert [group["reason"] for group in (await owner("GET", "/rejected"))["groups"]] == ["invalid_timestamp"]
    await site.settled()
    where = await owner("GET", "/trace", event=bad[0]["id"])
    assert where["state"] == "applied"
    assert (where["seen"]["name"], where["session"] is None) == ("A", False)
    assert where["rejections"][0]["replayed_at"] is not None
    gone = ["rejected", "replayed", "received", "stored", "applied", "counted", "scored"]
    assert [each["step"] for each in where["way"]] == gone
    assert all(each["done"] for each in where["way"])
    assert [each["step"] for each in where["way"] if each["at"] is None] == ["applied"]
    times = {each["step"]: each["at"] for each in where["way"]}
    assert times["rejected"] < times["stored"] <= times["scored"] and times["rejected"] < times["replayed"]
    assert times["counted"].endswith(":00Z") and times["stored"] == where["batch"]["received_at"]
    assert "newest event: conversion: no model has been trained yet" in where["way"][-1]["text"]
    assert isinstance((await owner("GET", "/rules/plan/violations"))["violations"], list)
    assert {"read rejected", "replay rejected", "trace event"} == {action for action, _ in await trail(site)}
    assert {actor for _, actor in await trail(site)} == {"dashboard"}


async def test_a_person_is_given_out_and_erased_with_a_receipt(site, owner):
    visitor = str(uuid.uuid4())
    sent = [event(visitor=visitor), event(visitor=visitor, timestamp="never"), event()]
    await site.send(*sent)
    await site.settled()
    held = await owner.browser.get("/api/held", params={"project": site.shop.project, "visitor": visitor})
    tables = [json.loads(line)["table"] for line in held.text.splitlines()]
    assert {"raw.events", "raw.rejection", "analytics.session"} <= set(tables)
    assert "attachment" in held.headers["content-disposition"]

    await owner("POST", "/erasures", {"visitor": visitor, "user": "u"}, status=400)
    await owner("POST", "/erasures", {}, status=400)
    receipt = await owner("POST", "/erasures", {"visitor": visitor})
    assert receipt["raw"] == {"events": 1, "batches": 1, "rejections": 1}
    assert receipt["analytics"]["sessions"] == 1
    again = await owner("POST", "/erasures", {"visitor": visitor})
    assert not any([*again["raw"].values(), *again["analytics"].values()])
    kept = (await owner("GET", "/erasures"))["entries"]
    assert [entry["detail"]["erased_until"] for entry in kept] == [again["erased_until"], receipt["erased_until"]]
    assert kept[1]["detail"]["raw"] == receipt["raw"]
    assert len((await owner("GET", "/erasures", limit=1, before=kept[0]["entry"]))["entries"]) == 1
    assert (await owner("GET", "/trace", event=sent[0]["id"], visitor=visitor))["state"] == "erased"
    assert (await owner("GET", "/trace", event=sent[0]["id"]))["state"] == "unknown"
    assert (await owner("GET", "/trace", event=sent[2]["id"]))["state"] == "applied"
    entries = (await owner("GET", "/audit"))["entries"]
    assert [entry["action"] for entry in entries if entry["action"] != "trace event"] == ["erase", "erase", "export"]
    assert visitor not in json.dumps(entries)
    assert len(site.processes.data.joinpath("tombstones.ndjson").read_text().split()) == 2


async def test_what_came_in_is_found_wherever_it_is(site, owner):
    assert (await owner("GET", "/install"))["state"] == "waiting"
    site.processes.started[0].terminate()
    site.processes.started[0].wait(10)
    await site.send(event(timestamp="never"))
    assert (await owner("GET", "/install"))["state"] == "refused"
    sent = event(id="order/1 \u00e9", context={"page": {"path": "/a"}, "library": {"name": "lib", "version": "2"}})
    await site.send(sent)
    where = await owner("GET", "/trace", event=sent["id"])
    assert (where["state"], where["batch"]["place"], where["seen"]["type"]) == ("waiting", 0, "track")
    assert [(each["step"], each["done"]) for each in where["way"]] == [
        ("received", True),
        ("stored", True),
        ("applied", False),
        ("counted", False),
        ("scored", False),
    ]
    assert f"partition {where['batch']['partition']}, batch {where['batch']['seq']}" in where["way"][1]["text"]
    assert where["way"][2]["text"] == "no worker holds its partition"
    found = await owner("GET", "/install", details=True)
    assert (found["state"], found["newest"]["page"], found["newest"]["library"]["name"]) == ("arrived", "/a", "lib")

    health = await owner("GET", "/pipeline")
    waits = next(each for each in health["partitions"] if each["partition"] == where["batch"]["partition"])
    assert (waits["behind"], waits["lag_ms"] >= 0, health["ledger"]["received"]) == (1, True, 2)
    assert sum(minute["events"] for minute in health["throughput"]) == 1
    assert len(health["throughput"]) == 60
    assert health["spool"] == {"bytes": 0, "oldest_at": None}
    assert health["workers"] == []

    reason = "INSERT INTO analytics.unreadable (partition, seq, place, reason) VALUES ($1, $2, 0, 'no date')"
    place = (where["batch"]["partition"], where["batch"]["seq"])
    await site.analytics(reason, *place)
    # What the worker would have left, had it come to that.
    moved = "ON CONFLICT (partition) DO UPDATE SET seq = excluded.seq"
    await site.analytics(f"INSERT INTO analytics.cursor (partition, seq) VALUES ($1, $2) {moved}", *place)
    where = await owner("GET", "/trace", event=sent["id"])
    assert (where["state"], where["why"].endswith("no date")) == ("unreadable", True)
    assert (where["way"][-1]["step"], where["way"][-1]["done"]) == ("applied", False)
    assert (await owner("GET", "/pipeline"))["unreadable"]["newest"][0]["reason"] == "no date"


async def test_a_project_is_made_and_ruled(asking):
    owner, name = asking, f"Second {uuid.uuid4()}"
    made = await owner("POST", "/projects", {"name": name, "goals": ["Signed Up"]})
    second = Asking(owner.browser, made["project"])
    await second("POST", "/projects", {"name": name}, status=400)
    assert (await second("GET", "/rules"))["goals"] == ["Signed Up"]
    assert (await second("PUT", "/rules/goals", {"goals": ["b", " a", "b"]}))["goals"] == ["a", "b"]
    await second("PUT", "/rules/goals", {"goals": [str(n) for n in range(51)]}, status=400)
    await second("PUT", "/rules/goals", {"goals": [""]}, status=400)
    await second("PUT", "/rules/properties", {"properties": ["size", "color"]})
    await second("PUT", "/rules/properties", {"properties": ["color", "brand"]})
    wanted = [{"kind": "ip", "value": "203.0.113.7"}, {"kind": "user", "value": "me"}]
    await second("PUT", "/rules/exclusions", {"exclusions": wanted})
    await second("PUT", "/rules/exclusions", {"exclusions": wanted[:1]})
    await second("PUT", "/rules/exclusions", {"exclusions": [{"kind": "moon", "value": "full"}]}, status=400)
    await second("PUT", "/rules/exclusions", {"exclusions": [{"kind": "ip", "value": "moon"}]}, status=400)
    await second("PUT", "/rules/holdout", {"share": 0.1})
    await second("PUT", "/rules/holdout", {"share": 0.9}, status=400)
    await second("PUT", "/rules/plan", {"plan": {"mode": "never"}}, status=400)
    await second("PUT", "/rules/recommendations", {"diversity": 0.5})
    assert await second("PUT", "/rules/items", {"items": [{"item": "lamp", "in_stock": False}]}) == {"set": 1}
    assert [each["item"] for each in (await second("GET", "/rules/items"))["items"]] == ["lamp"]
    rules = await second("GET", "/rules")
    assert rules["properties"] == ["brand", "color"]
    assert [each["value"] for each in rules["exclusions"]] == ["203.0.113.7/32"]
    assert (rules["holdout"], rules["plan"], rules["recommendations"]["diversity"]) == (0.1, None, 0.5)
    assert (await owner("GET", "/rules"))["properties"] == [], "the other project is as it was"

    rotated = await second("POST", "/keys/rotate", {"keep": "1h"})
    assert rotated["write_key"] != made["write_key"]
    assert rotated["former_until"] is not None
    await second("POST", "/keys/rotate", {"keep": "soon"}, status=400)
    listed = (await second("GET", "/projects"))["projects"]
    keys = next(each for each in listed if each["project"] == made["project"])["keys"]
    assert sorted(key["scope"] for key in keys) == ["read", "write", "write"]
    await Asking(owner.browser, "nobody")("GET", "/rules", status=400)


async def test_terms_are_set_and_written_down(site, owner):
    await owner("PUT", "/retention/terms", {"kind": "raw", "term": "90d"})
    await owner("PUT", "/retention/terms", {"kind": "raw", "term": "400d", "everybody": True})
    kinds = {each["kind"]: each for each in (await owner("GET", "/retention/terms"))["kinds"]}
    assert (kinds["raw"]["days"], kinds["raw"]["usual_days"], kinds["raw"]["own"]) == (90, 400, True)
    assert (kinds["counts"]["days"], kinds["counts"]["own"]) == (None, False)
    await owner("PUT", "/retention/terms", {"kind": "raw", "term": "usual"})
    assert (await owner("GET", "/retention/terms"))["kinds"][0]["days"] == 400
    for wrong in ({"kind": "raw", "term": "1d"}, {"kind": "raw", "term": "soon"}, {"kind": "moon", "term": "90d"}):
        await owner("PUT", "/retention/terms", wrong, status=400)
    assert await trail(site) == [("set retention", "dashboard")] * 3
