"""Tracking plans and exclusions, from the command line to what is stored and counted."""

import asyncio
import json
import uuid

import httpx
import mmdb_writer
import netaddr
import pytest

from tests.integration.site import shared_server

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
PLAN = {
    "mode": "warn",
    "events": {"Order Completed": {"required": ["order_id"], "properties": {"revenue": {"type": "number"}}}},
}


def order(**properties):
    visitor = str(uuid.uuid4())
    return {
        "id": str(uuid.uuid4()),
        "type": "track",
        "name": "Order Completed",
        "visitor": visitor,
        "properties": properties,
    }


PROXIED = {"trusted_proxies": "127.0.0.0/8", "country_header": "CF-IPCountry"}


@pytest.fixture(scope="module")
async def server(postgres, template, tmp_path_factory):
    async with shared_server(postgres, tmp_path_factory.mktemp("ruled"), **PROXIED) as made:
        yield made


@pytest.fixture
async def site(server):
    async with server.site() as made:
        yield made


async def violations(site):
    for _ in range(50):
        if found := json.loads(site.command("plan", "violations", site.shop.project, "--json")):
            return [(v["event"], v["field"], v["outcome"], v["events"]) for v in found]
        await asyncio.sleep(0.2)
    raise AssertionError("no violations were written")


async def test_a_plan_that_warns_stores_what_does_not_fit_and_lists_it(site):
    await site.set_plan(PLAN)
    receipt = await site.send(order(order_id="1"), order(order_id="2", revenue="12"), order())
    assert (receipt["accepted"], receipt["rejected"]) == (3, [])
    assert sorted(await violations(site)) == [
        ("Order Completed", "properties.order_id", "stored", 1),
        ("Order Completed", "properties.revenue", "stored", 1),
    ]
    assert (await site.ledger())["stored"] == 3


async def test_a_plan_that_is_enforced_rejects_what_does_not_fit_and_nothing_else(site):
    await site.set_plan(PLAN | {"mode": "enforce"})
    bad = order(order_id="2", revenue="12")
    receipt = await site.send(order(order_id="1"), bad, order(order_id="3") | {"name": "Other"})
    assert receipt["accepted"] == 2
    [rejected] = receipt["rejected"]
    assert rejected | {"message": ""} == {
        "index": 1,
        "id": bad["id"],
        "field": "properties.revenue",
        "reason": "tracking_plan",
        "message": "",
    }
    single = {"event": "Order Completed", "messageId": "m1", "userId": "u1"}
    assert (await site.send(single, path="/v1/track"))["rejected"][0]["field"] == "properties.order_id"
    assert (await site.ledger())["rejected"] == {"tracking_plan": 2}
    assert sum(found[3] for found in await violations(site) if found[2] == "rejected") == 2

    await site.rule("plan", "remove", site.shop.project)
    assert (await site.send(order()))["accepted"] == 1
    assert site.command("plan", "show", site.shop.project).strip() == "null"


async def test_a_closed_plan_rejects_what_it_does_not_name(site):
    await site.set_plan({"mode": "enforce", "unplanned": "reject", "events": {"A": True}, "types": {"page": True}})
    page, click, other = order() | {"type": "page"}, order() | {"name": "$click"}, order() | {"name": "B"}
    receipt = await site.send(page, click, other, order() | {"name": "A"})
    assert receipt["accepted"] == 3
    assert [(r["index"], r["field"]) for r in receipt["rejected"]] == [(2, "name")]


async def test_a_bad_schema_is_refused_and_the_former_plan_stays(site, tmp_path):
    await site.set_plan(PLAN)
    (tmp_path / "plan.json").write_text('{"events": {"A": {"type": "nonsense"}}}')
    said = site.command("plan", "set", site.shop.project, str(tmp_path / "plan.json"), refused=True)
    assert "the event 'A' is no usable JSON Schema" in said
    assert json.loads(site.command("plan", "show", site.shop.project))["events"] == PLAN["events"]
    assert "no project" in site.command("plan", "set", "nowhere", "-", input="{}", refused=True)


async def test_rules_hold_while_the_analytics_database_is_away(site, postgres):
    """The copy on disk is what a server has that starts without that database."""
    await site.set_plan(PLAN | {"mode": "enforce"})
    await site.rule("project", "exclude", site.shop.project, "--user", "u1")
    site.processes.environment["GOODDATA_ANALYTICS_DSN"] = "postgresql://nobody@127.0.0.1:1/none"
    alone = await site.processes.serve(role=("ingest",))
    async with httpx.AsyncClient(base_url=alone.url, timeout=30) as http:
        body = {"writeKey": site.shop.write_key, "batch": [order(), order(order_id="1") | {"user": "u1"}]}
        receipt = (await http.post("/v1/batch", json=body)).json()
    assert (receipt["accepted"], receipt["dropped"]) == (0, 1)
    assert [r["reason"] for r in receipt["rejected"]] == ["tracking_plan"]


@pytest.mark.parametrize(
    ("rule", "own", "others"),
    [
        (("--ip", "203.0.113.0/24"), {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.7, 9.9.9.9"}),
        (("--ip", "127.0.0.1"), {}, {"X-Forwarded-For": "203.0.113.7"}),
        (("--user-agent", "checkly"), {"User-Agent": "Checkly/1.0"}, {"User-Agent": BROWSER}),
    ],
)
async def test_requests_of_ones_own_are_dropped_and_counted(site, rule, own, others):
    await site.rule("project", "exclude", site.shop.project, *rule)
    receipt = await site.send(order(), order(), order() | {"timestamp": "never"}, headers=own)
    assert (receipt["accepted"], receipt["dropped"], len(receipt["rejected"])) == (0, 2, 1)
    assert "dropped" not in await site.send(order(), headers=others)
    counted = await site.ledger()
    assert (counted["received"], counted["stored"], counted["dropped"]) == (4, 1, {"own_traffic": 2})
    assert len(await site.stored()) == 1


async def test_events_about_ones_own_people_are_dropped_and_counted(site):
    project = site.shop.project
    await site.rule(
        "project", "exclude", project, "--user", "boss", "--email-domain", "example.com", "--trait", "qa=true"
    )
    await site.rule("project", "exclude", project, "--property", "environment=staging")
    own = [
        order() | {"user": "boss"},
        order() | {"type": "identify", "traits": {"email": "ann@example.com"}},
        order() | {"context": {"traits": {"qa": True}}},
        order(environment="staging"),
    ]
    receipt = await site.send(*own, order(environment="production"))
    assert (receipt["accepted"], receipt["dropped"]) == (1, 4)
    assert (await site.send(order(), context={"traits": {"email": "bob@example.com"}}))["dropped"] == 1
    assert (await site.ledger())["dropped"] == {"own_traffic": 5}

    shown = json.loads(site.command("project", "exclude", project, "--list", "--json"))
    assert [(e["kind"], e["value"]) for e in shown] == [
        ("email_domain", "example.com"), ("property", "environment=staging"), ("trait", "qa=true"), ("user", "boss"),
    ]  # fmt: skip
    await site.rule("project", "exclude", project, "--remove", "--user", "boss")
    assert (await site.send(own[0]))["accepted"] == 1
    assert "no exclusion" in site.command("project", "exclude", project, "--remove", "--user", "boss", refused=True)


async def test_an_import_is_not_judged_by_where_it_is_sent_from(site):
    await site.rule(
        "project", "exclude", site.shop.project, "--ip", "127.0.0.1", "--user-agent", "python", "--user", "u1"
    )
    headers = {"Authorization": f"Bearer {site.shop.read_key}", "X-GoodData-Import": "1", "CF-IPCountry": "DE"}
    receipt = await site.send(order(), order() | {"user": "u1"}, headers=headers)
    assert (receipt["accepted"], receipt["dropped"]) == (1, 1)
    [row] = await site.stored()
    assert json.loads(row["context"]) == {}


async def test_country_and_browser_are_stored_and_the_address_is_not(site):
    headers = {"CF-IPCountry": "NZ", "User-Agent": BROWSER, "X-Forwarded-For": "203.0.113.77"}
    await site.send(order(), headers=headers, context={"locale": "en"})
    await site.send(order(), headers=headers | {"CF-IPCountry": "T1"}, context={"userAgent": "x"})
    rows = await site.stored("context")
    assert sorted((json.loads(row["context"]) for row in rows), key=len) == [
        {"userAgent": "x"},
        {"locale": "en", "country": "NZ", "userAgent": BROWSER},
    ]
    assert not await site.raw("SELECT FROM raw.events e WHERE e::text LIKE '%203.0.113%' OR e::text LIKE '%127.0.0.1%'")


async def test_the_country_comes_from_a_database_where_no_header_tells_it(site, tmp_path):
    writer = mmdb_writer.MMDBWriter(ip_version=6, ipv4_compatible=True)
    writer.insert_network(netaddr.IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "NZ"}})
    writer.to_db_file(str(tmp_path / "small.mmdb"))
    site.processes.environment["GOODDATA_GEOIP_DATABASE"] = str(tmp_path / "small.mmdb")
    server = await site.processes.serve()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        for headers in ({"CF-IPCountry": "T1"}, {"CF-IPCountry": "DE"}):
            body = {"writeKey": site.shop.write_key, "batch": [order()]}
            answer = await http.post("/v1/batch", json=body, headers=headers | {"X-Forwarded-For": "203.0.113.77"})
            assert answer.json()["accepted"] == 1
    rows = await site.stored("context::text AS context", order="1")
    assert [row["context"] for row in rows] == ['{"country": "DE"}', '{"country": "NZ"}']


async def test_bytes_in_headers_that_are_no_text_do_no_harm(site):
    body = json.dumps({"writeKey": site.shop.write_key, "batch": [order()]}).encode()
    host, port = site.http.base_url.host, site.http.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: Mozilla/\xff\xfe \xed\xa0\x80\r\n"
        b"X-Forwarded-For: \xff\r\nCF-IPCountry: \xff\xff\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")), answer


async def test_a_crawler_that_runs_the_page_is_stored_and_marked(site):
    crawler = "Mozilla/5.0 (Linux; Android 6.0.1) Chrome/142.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)"
    site.processes.start("work")
    for agent, country in ((crawler, "US"), (BROWSER, "NZ"), ("analytics-python/2.3", "SE")):
        receipt = await site.send(order(), headers={"User-Agent": agent, "CF-IPCountry": country})
        assert receipt["accepted"] == 1
    await site.settled()
    rows = await site.analytics(
        "SELECT country, device, browser, automated FROM analytics.event WHERE project_id = $1 ORDER BY country",
        site.shop.project,
    )
    countries = await site.analytics(
        "SELECT value, sum(sessions)::int FROM analytics.rollup_minute"
        " WHERE dimension = 'country' AND project_id = $1 GROUP BY 1 ORDER BY 1",
        site.shop.project,
    )
    assert [tuple(row) for row in rows] == [
        ("NZ", "desktop", "Firefox", False),
        ("SE", None, None, False),
        ("US", "bot", None, True),
    ]
    assert [tuple(row) for row in countries] == [("NZ", 1), ("SE", 1), ("US", 1)]


async def test_owners_name_the_properties_that_go_on(site):
    rule = ("project", "properties", site.shop.project)
    assert json.loads(site.command(*rule, "--allow", "size", "--allow", "the colour", "--json")) == [
        "size",
        "the colour",
    ]
    assert site.command(*rule, "--deny", "size", "--list") == "the colour\n"
    assert "is not allowed" in site.command(*rule, "--allow", "new", "--deny", "size", refused=True)
    assert json.loads(site.command(*rule, "--list", "--json")) == ["the colour"], "nothing of it was done"
    many = [f"--allow=p{n}" for n in range(50)]
    assert "at most 50 properties go on, and there would be 51" in site.command(*rule, *many, refused=True)
    assert "1 to 100 characters" in site.command(*rule, "--allow", "", refused=True)
    assert "--allow size" in site.command(*rule, refused=True)
    assert "no project 'none'" in site.command("project", "properties", "none", "--allow", "a", refused=True)
