"""How people get on with pages, as the API tells it, is what a plain recount of the events gives."""

import asyncio
import itertools
import json
import random
import uuid
from datetime import UTC, datetime

import httpx
import pytest

from gooddata.client import Client
from gooddata.persistence.pool import open_pool
from gooddata.serving.behaviour import _SQL, MOST_ROWS, SLICES, Behaviour, sliced
from gooddata.serving.columns.filters import parse_all
from gooddata.serving.period import Period
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.plain_behaviour import recounted, vector
from tests.integration.test_rebuild import rebuilt_since
from tests.integration.workbench import opened

NOON = 1_795_176_000_000  # 2026-11-20T12:00:00Z
MINUTE = 60_000
DAYS = 3
WHOLE = (NOON, NOON + DAYS * 24 * 60 * MINUTE)
MIDDLE = (NOON + 20 * 60 * MINUTE, NOON + 45 * 60 * MINUTE)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
)
PAGES = ("/", "/shoes", "/cart", "/checkout")
ELEMENTS = ({"path": "main#top>section:2>button:1"}, {"path": "a#cart", "role": "button"}, {"path": ""})
FIELDS = ("input#name", "form#order>div:1>input:2", "input#card")


def visits(rng):
    """Days of visitors who read, click, fill in and suffer."""
    events = []
    for _ in range(60):
        visitor, agent = str(uuid.uuid4()), rng.choice(AGENTS)
        at = rng.randrange(WHOLE[0], WHOLE[1] - 5 * 60 * MINUTE)
        for number in range(1, rng.randrange(2, 9)):
            at += rng.choice((1_000, 30_000, 31 * MINUTE))
            context = {"page": {"path": rng.choice(PAGES)}, "userAgent": agent, "vector_version": 2}
            events += of_view(rng, at, visitor, context, number)
    rng.shuffle(events)
    return events


def of_view(rng, at, visitor, context, number):
    """What is told of one page view, within 40 seconds."""

    def say(name, properties, **numbers):
        nonlocal at
        at += rng.randrange(1, 8_000)
        told = {"properties": properties, "vector": vector(visit_pages=number, **numbers)}
        return made(at, visitor, context, "track", name=name, **told)

    events = [made(at, visitor, context, "page")]
    for name in rng.choices(("$rage_click", "$dead_click", "$cursor_thrash", "$error"), k=rng.randrange(3)):
        events.append(say(name, rng.choice(ELEMENTS) if name.endswith("click") else {}))
    if rng.random() < 0.4:
        form, fields = rng.choice(("form#order", "")), [{"path": path} for path in FIELDS[: rng.randrange(4)]]
        events.append(say("$form_start", {"form": form}))
        if rng.random() < 0.8:
            end = rng.choice(("$form_submit", "$form_abandon"))
            events.append(say(end, {"form": form, "fields": fields}))
    engaged = 0
    for _ in range(rng.randrange(3)):
        engaged += (more := rng.randrange(200, 10_000))
        depth = rng.choice((10, 25, 60, 75, 99, 100))
        events.append(say("$engagement", {"engaged_ms": more, "scroll_depth": depth}, engaged_ms=engaged))
    for _ in range(rng.randrange(3)):
        numbers = {
            "lcp_ms": rng.choice((0, 900, 2_500, 3_000, 5_000)),
            "cls_milli": 0 if "Firefox" in context["userAgent"] else rng.choice((0, 50, 100, 110, 400)),
            "inp_ms": rng.choice((0, 80, 200, 208, 800)),
        }
        events.append(say("$web_vitals", {}, **numbers))
    return events


def made(at, visitor, context, kind, **fields):
    return {
        "id": str(uuid.uuid4()), "type": kind, "visitor": visitor, "timestamp": at, "context": context,
    } | fields  # fmt: skip


@pytest.fixture(scope="module")
async def told(shared, server):
    """A project to which days of events came in any order, some of them twice, and what was sent."""
    project = await new_project(shared)
    sent = visits(random.Random(11))
    headers = {"Authorization": f"Bearer {project.read_key}", "X-GoodData-Import": "1"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
        twice = [*sent, *sent[:300]]
        for start in range(0, len(twice), 400):
            answer = await http.post("/v1/batch", json={"batch": twice[start : start + 400]})
            assert answer.status_code == 200 and not answer.json()["rejected"]
        period = {"from": WHOLE[0], "to": WHOLE[1]}
        for _ in range(300):
            if (await http.get("/api/overview", params=period)).json()["events"] == len(sent):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the worker does not catch up")
    return project, sent


@pytest.fixture
async def api(told, server):
    headers = {"Authorization": f"Bearer {told[0].read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
        yield http


@pytest.fixture
async def pool(shared):
    made = await open_pool(shared.analytics_dsn, "gooddata_dashboard")
    yield made
    made.terminate()


async def report(api, period, **asked):
    span = {"from": period[0], "to": period[1], "limit": MOST_ROWS}
    answer = await api.get("/api/behaviour", params=span | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_place(answer):
    """The rows of each part by what they are of, without what follows from the rest."""
    keys = {"clicks": ("page", "element", "role"), "forms": ("page", "form")}
    told = {}
    for part, content in answer.items():
        told[part] = rows = {}
        for row in content["rows"]:
            own = {name: value for name, value in row.items() if name != "tag"}
            key = tuple(own.pop(name) for name in keys.get(part, ("page",)))
            rows[key if part in keys else key[0]] = own
    for row in told["speed"].values():
        for name in ("lcp_ms", "cls", "inp_ms"):
            row[name]["p75"] = row[name]["p75"] and round(row[name]["p75"], 6)
    return told


FILTERS = {
    "device==mobile": lambda session: session[0]["device"] == "mobile",
    "page==/cart": lambda session: any(each["page"] == "/cart" for each in session),
    "event!=$form_abandon": lambda session: all(each["name"] != "$form_abandon" for each in session),
}


@pytest.mark.parametrize("filters", [[], *([each] for each in FILTERS), ["device==mobile", "page==/cart"]])
@pytest.mark.parametrize("period", [WHOLE, MIDDLE])
async def test_it_is_what_a_plain_recount_gives(told, api, filters, period):
    answer = await report(api, period, filter=filters)
    expected = recounted(told[1], *period, lambda session: all(FILTERS[each](session) for each in filters))
    assert by_place(answer) == expected
    assert all(len(rows) >= 3 for rows in expected.values())
    assert all(answer[part]["left_out"] == 0 for part in answer)
    for name in ("rage", "dead", "thrash"):
        assert answer["clicks"][name] == sum(row[name] for row in answer["clicks"]["rows"]) > 0
    assert answer["errors"]["errors"] == sum(row["errors"] for row in answer["errors"]["rows"])
    within = [each for each in told[1] if period[0] <= each["timestamp"] < period[1]]
    for part, name in (("attention", "$engagement"), ("speed", "$web_vitals")):
        many = sum(each.get("name") == name for each in within)
        assert (answer[part]["read"], answer[part]["sampled"]) == (many, False)


async def test_lists_end_where_they_are_told_to_and_say_how_much_is_left_out(told, api, server):
    whole = await report(api, WHOLE)
    async with Client(server.url, told[0].read_key) as client:
        some = await client.behaviour(limit=2, from_=WHOLE[0], to=WHOLE[1])
    for part, content in whole.items():
        assert some[part]["rows"] == content["rows"][:2]
        assert some[part]["left_out"] == len(content["rows"]) - 2 > 0
    assert some["clicks"]["sessions"] == whole["clicks"]["sessions"] > some["clicks"]["rows"][0]["sessions"]
    assert {row["tag"] for row in whole["clicks"]["rows"]} == {"button", "a", "body", None}
    for limit in (0, MOST_ROWS + 1):
        refused = await api.get("/api/behaviour", params={"limit": limit})
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, "limit")
    refused = await api.get("/api/behaviour", params={"filter": "element==a"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "filter")


async def test_of_too_many_reports_a_sample_is_read_that_is_spread_over_the_period(told, pool):
    project, sent = told
    most = 2 * SLICES
    span = Period(*(datetime.fromtimestamp(at / 1_000, UTC) for at in WHOLE))
    bounds = [round(each.timestamp() * 1_000) for each in sliced(span, SLICES)]
    read, number = set(), {"$engagement": 0, "$web_vitals": 0}
    for name in number:
        for start, end in itertools.pairwise(bounds):
            own = [each for each in sent if each.get("name") == name and start <= each["timestamp"] < end]
            newest = sorted(own, key=lambda each: each["timestamp"])[-2:]
            number[name] += len(newest)
            read |= {each["id"] for each in newest}
    filters = ["device==mobile"]
    answer = await Behaviour(pool, most).report(project.project, span, parse_all(filters), MOST_ROWS)
    assert {part: answer[part]["sampled"] for part in ("attention", "speed")} == {"attention": True, "speed": True}
    assert (answer["attention"]["read"], answer["speed"]["read"]) == tuple(number.values())
    assert all(SLICES / 2 < count <= most for count in number.values())
    assert by_place(answer) == recounted(sent, *WHOLE, FILTERS["device==mobile"], read)


async def test_of_as_many_as_may_be_read_all_are(told, pool):
    project, sent = told
    most = sum(each.get("name") == "$engagement" for each in sent)
    span = Period(*(datetime.fromtimestamp(at / 1_000, UTC) for at in WHOLE))
    for bound, is_sample in ((most, False), (most - 1, True)):
        answer = await Behaviour(pool, bound).report(project.project, span, (), 1)
        assert answer["attention"]["sampled"] is is_sample
        assert (answer["attention"]["read"] == most) is not is_sample


async def test_events_are_found_by_indexes_of_their_names(told, pool):
    project, _ = told
    start, end = (datetime.fromtimestamp(at / 1_000, UTC) for at in WHOLE)
    sliced_up, whole = [[start], [end], 5], [start, end, 5]
    asked = {
        "clicks": ("event_trouble", whole),
        "forms": ("event_trouble", whole),
        "errors": ("event_trouble", whole),
        "attention": ("event_engagement", [*sliced_up, 5]),
        "speed": ("event_web_vitals", [*sliced_up, 5, 1.0, 1.0, 1.0]),
        "many": ("event_web_vitals", sliced_up),
    }
    async with pool.acquire() as connection, connection.transaction():
        # Tables as small as these would be read as a whole.
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        windows = await connection.fetch("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits")
        parent = {window.rpartition(".")[2]: of.rpartition(".")[2] for window, of in windows}
        for name, (index, values) in asked.items():
            sql = _SQL[name].replace("[passing]", "true").replace("[name]", "$web_vitals")
            plan = json.loads(await connection.fetchval("EXPLAIN (FORMAT JSON) " + sql, project.project, *values))
            scans = [each for each in nodes(plan[0]["Plan"]) if parent.get(each.get("Relation Name")) == "event"]
            # Of windows that are all but empty, any other index is as good.
            assert index in {parent.get(each.get("Index Name")) for each in scans}, name


def nodes(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


async def test_another_project_sees_nothing_of_it(told, shared, server):
    other = await new_project(shared)
    headers = {"Authorization": f"Bearer {other.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        answer = await report(http, WHOLE)
        assert all(part["rows"] == [] and part["left_out"] == 0 for part in answer.values())
        assert answer["clicks"]["sessions"] == answer["errors"]["errors"] == answer["speed"]["read"] == 0
        refused = await http.get("/api/behaviour", params={"project": told[0].project})
        assert refused.status_code == 401
    async with httpx.AsyncClient(base_url=server.url) as nobody:
        assert (await nobody.get("/api/behaviour")).status_code == 401


async def test_a_rebuild_gives_the_same(databases):
    span = Period(*(datetime.fromtimestamp(at / 1_000, UTC) for at in WHOLE))
    async with opened(databases) as bench:
        pool = await open_pool(databases.analytics_dsn, "gooddata_dashboard")
        await append(bench.raw, bench.project, visits(random.Random(5)))
        worker = bench.start()
        await bench.caught_up()
        before = await Behaviour(pool).report(bench.project, span, (), MOST_ROWS)
        assert any(row["left_at"] for row in before["forms"]["rows"])
        await bench.analytics.execute("UPDATE analytics.event SET properties = NULL")
        assert await Behaviour(pool).report(bench.project, span, (), MOST_ROWS) != before
        await rebuilt_since(bench, WHOLE[0])
        await bench.caught_up()
        assert await Behaviour(pool).report(bench.project, span, (), MOST_ROWS) == before
        await worker.end()
        pool.terminate()
