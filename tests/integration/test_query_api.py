"""The query API over what a worker made of known events."""

import asyncio
import json
import time
import uuid

import httpx
import pytest

from tests.conftest import new_project

NOON = 1_795_176_000_000  # 2026-11-20T12:00:00Z
SPAN = {"from": NOON - 3_600_000, "to": NOON + 3_600_000}
ANNA, BEN = str(uuid.uuid4()), str(uuid.uuid4())


def event(visitor, minute, type_="page", name=None, path="/", **fields):
    context = {"page": {"path": path, "referrer": "https://www.google.com/" if visitor == ANNA else ""}}
    at = NOON + minute * 60_000
    made = {"id": str(uuid.uuid4()), "type": type_, "visitor": visitor, "timestamp": at, "context": context}
    return made | ({"name": name} if name else {}) | fields


EVENTS = [
    event(ANNA, 0),
    event(ANNA, 1, path="/shoes?secret=1"),
    event(ANNA, 2, "track", "Order Completed", "/thanks", properties={"revenue": 40.5, "order_id": "1"}),
    event(ANNA, 50, path="/shoes"),
    event(BEN, 5, path="/shoes"),
]


@pytest.fixture(scope="module")
async def known(shared, server):
    """A project whose five events have been applied: three sessions, one of them converted."""
    project = await new_project(shared)
    headers = {"Authorization": f"Bearer {project.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        answer = await client.post("/v1/batch", json={"batch": EVENTS, "import": True})
        assert answer.json()["accepted"] == len(EVENTS)
        for _ in range(200):
            if (await client.get("/api/overview", params=SPAN)).json()["events"] == len(EVENTS):
                break
            await asyncio.sleep(0.1)
    return project


@pytest.fixture
async def api(known, server):
    headers = {"Authorization": f"Bearer {known.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        yield client


async def get(api, path, **params):
    answer = await api.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_overview_adds_up_and_compares_with_the_period_before(api):
    overview = await get(api, "/api/overview", **SPAN)
    assert overview.pop("previous")["events"] == 0
    assert overview == {
        "visitors": 2,
        "sessions": 3,
        "pageviews": 4,
        "events": 5,
        "conversions": 1,
        "revenue": 40.5,
        "conversion_rate": pytest.approx(1 / 3),
        "bounce_rate": pytest.approx(2 / 3),
    }


async def test_a_time_series_has_no_gaps(api):
    series = await get(api, "/api/timeseries", interval="minute", **SPAN)
    assert series["t"] == list(range(SPAN["from"], SPAN["to"], 60_000))
    assert {name: sum(series[name]) for name in ("events", "pageviews", "sessions", "conversions")} == {
        "events": 5,
        "pageviews": 4,
        "sessions": 3,
        "conversions": 1,
    }
    assert series["sessions"][60] == series["sessions"][65] == series["sessions"][110] == 1
    hourly = await get(api, "/api/timeseries", interval="hour", **SPAN)
    assert (hourly["t"], hourly["events"]) == ([SPAN["from"], NOON], [0, 5])
    assert hourly["visitors"] == [0, 2]
    daily = await get(api, "/api/timeseries", interval="day", **SPAN)
    assert (daily["events"], daily["visitors"]) == ([5], [2])
    assert "visitors" not in series, "of minutes there are none"


async def test_breakdowns_count_by_value_and_hold_no_query(api):
    pages = await get(api, "/api/breakdown", dimension="page", **SPAN)
    assert {row["value"]: row["pageviews"] for row in pages["rows"]} == {"/shoes": 3, "/": 1, "/thanks": 0}
    assert pages["rows"][0]["value"] == "/shoes"
    assert {row["value"]: row["visitors"] for row in pages["rows"]} == {"/shoes": 2, "/": 1, "/thanks": 1}
    sources = await get(api, "/api/breakdown", dimension="source", **SPAN)
    assert {row["value"]: row["sessions"] for row in sources["rows"]} == {"google": 2, "direct": 1}
    assert {row["value"]: row["visitors"] for row in sources["rows"]} == {"google": 1, "direct": 1}
    goals = await get(api, "/api/breakdown", dimension="goal", **SPAN)
    assert [(row["value"], row["conversions"], row["events"]) for row in goals["rows"]] == [("Order Completed", 1, 1)]
    assert len((await get(api, "/api/breakdown", dimension="page", limit=1, **SPAN))["rows"]) == 1


async def test_sessions_are_the_latest_first_and_have_a_timeline(api):
    sessions = (await get(api, "/api/sessions", **SPAN))["sessions"]
    assert [(session["started_at"] - NOON) // 60_000 for session in sessions] == [50, 5, 0]
    converted = sessions[2]
    assert (converted["converted"], converted["revenue"], converted["entry"], converted["page"]) == (
        True,
        40.5,
        "/",
        "/thanks",
    )
    assert converted["visitor"] == sessions[0]["visitor"] != sessions[1]["visitor"]
    one = await get(api, f"/api/sessions/{converted['session']}")
    assert [(step["type"], step["path"]) for step in one["timeline"]] == [
        ("page", "/"),
        ("page", "/shoes"),
        ("track", "/thanks"),
    ]
    before = await get(api, "/api/sessions", **{"from": SPAN["from"], "to": NOON + 60_000})
    assert len(before["sessions"]) == 1


async def test_what_is_not_there_is_404_and_what_is_wrong_is_named(api):
    assert (await api.get(f"/api/sessions/{uuid.uuid4()}")).status_code == 404
    assert (await api.get("/api/nothing")).status_code == 404
    for path, params, field in [
        ("/api/breakdown", {"dimension": "shoe size"}, "dimension"),
        ("/api/breakdown", {"dimension": "page", "limit": 0}, "limit"),
        ("/api/timeseries", {"interval": "second"}, "interval"),
        ("/api/overview", {"from": "noon"}, "from"),
    ]:
        answer = await api.get(path, params=params)
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


async def test_a_key_opens_its_own_project_and_a_write_key_opens_nothing(api, known, shared, server):
    other = await new_project(shared)
    answer = await api.get("/api/overview", params={"project": other.project})
    assert answer.status_code == 401
    for key in (known.write_key, "gr_unknown", "-"):
        async with httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {key}"}) as stranger:
            assert (await stranger.get("/api/overview")).status_code == 401
    session = await get(api, "/api/session")
    assert [project["id"] for project in session["projects"]] == [known.project]


async def test_the_live_stream_sends_a_picture_at_once_and_another_within_a_second_or_two(api, known):
    pictures = []
    async with api.stream("GET", "/api/live/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if not line.startswith("data: "):
                continue
            pictures.append(json.loads(line.removeprefix("data: ")))
            if len(pictures) == 1:
                now = {"id": str(uuid.uuid4()), "type": "page", "visitor": ANNA, "timestamp": int(time.time() * 1000)}
                headers = {"Authorization": f"Bearer {known.write_key}"}
                assert (await api.post("/v1/batch", json={"batch": [now]}, headers=headers)).status_code == 200
            if pictures[-1]["visitors"] == 1:
                break
    assert pictures[0]["visitors"] == 0
    assert pictures[-1]["sessions"][0]["events"] == 1


async def test_the_api_describes_itself(api):
    described = await get(api, "/api/openapi.json")
    for path in (
        "overview",
        "timeseries",
        "breakdown",
        "sessions",
        "live",
        "models",
        "insights",
        "automation",
        "segments",
        "ledger",
    ):
        assert "get" in described["paths"][f"/api/{path}"]


async def test_filters_select_sessions_everywhere(api):
    bought = {"filter": "goal==Order Completed", **SPAN}
    overview = await get(api, "/api/overview", compare="none", **bought)
    assert overview["previous"] is None
    assert (overview["sessions"], overview["visitors"], overview["events"]) == (1, 1, 3)
    series = await get(api, "/api/timeseries", interval="day", tz="Asia/Kathmandu", **bought)
    assert sum(series["events"]) == 3 and series["t"][0] % 86_400_000 == (24 * 60 - 345) * 60_000
    pages = await get(api, "/api/breakdown", dimension="page", **bought)
    assert [row["value"] for row in pages["rows"]] == ["/", "/shoes", "/thanks"] and pages["values"] == 3
    second = await get(api, "/api/breakdown", dimension="page", limit=1, offset=1, **bought)
    assert [row["value"] for row in second["rows"]] == ["/shoes"]
    both = await get(api, "/api/overview", **SPAN, filter=["entry==/shoes", "source!=direct"])
    assert both["sessions"] == 1


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (["page==/thanks"], 1), (["page!=/thanks"], 2), (["page~shoe"], 3), (["event!~Order"], 2),
        (["exit==/shoes"], 2),
        (["entry==/shoes", "source==direct"], 1), (["source!=direct"], 2), (["goal==Order Completed"], 1),
        (["country==de"], 0), (["country!=de"], 3), (["device==unknown"], 3),
    ],
)  # fmt: skip
async def test_lists_of_sessions_pass_the_same_filters(api, asked, count):
    listed = await get(api, "/api/sessions", filter=asked, **SPAN)
    assert len(listed["sessions"]) == count
    assert (await get(api, "/api/overview", filter=asked, **SPAN))["sessions"] == count


async def test_sessions_are_paged_without_a_gap(api):
    whole = [each["session"] for each in (await get(api, "/api/sessions", **SPAN))["sessions"]]
    paged, cursor = [], {}
    while cursor is not None:
        answer = await get(api, "/api/sessions", limit=1, **cursor, **SPAN)
        paged += [each["session"] for each in answer["sessions"]]
        cursor = answer["next"] and {"cursor": answer["next"]}
    assert paged == whole and len(whole) == 3


async def test_visitors_are_followed(api):
    funnel = await get(
        api, "/api/funnel", step=["page==/", "page~/shoes", "event==Order Completed"], by="source", **SPAN
    )
    assert [(each["step"], each["visitors"], each["median_ms"]) for each in funnel["steps"]] == [
        ("page==/", 1, None),
        ("page~/shoes", 1, 60_000),
        ("event==Order Completed", 1, 60_000),
    ]
    assert [group["value"] for group in funnel["groups"]] == ["google"]
    retention = await get(api, "/api/retention", by="day", cohorts=2, to=SPAN["to"])
    assert [cohort["visitors"] for cohort in retention["cohorts"]] == [0, 2]
    paths = await get(api, "/api/paths", anchor="page==/", **SPAN)
    assert paths["sessions"] == 1
    assert paths["levels"][0]["links"] == [{"value": "/shoes", "sessions": 1}]


async def test_an_answer_that_has_not_changed_is_not_sent_again(api):
    first = await api.get("/api/overview", params=SPAN)
    again = await api.get("/api/overview", params=SPAN, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await api.get(
        "/api/breakdown", params={"dimension": "page", **SPAN}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200 and other.json()["rows"]


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/api/overview", {"filter": "shoe==1"}, "filter"),
        ("/api/overview", {"filter": ["page==/"] * 21}, "filter"),
        ("/api/overview", {"compare": "last year"}, "compare"),
        ("/api/timeseries", {"tz": "Mars/Olympus"}, "tz"),
        ("/api/timeseries", {"tz": "../../etc/passwd"}, "tz"),
        ("/api/timeseries", {"interval": "second", "filter": "page==/"}, "interval"),
        ("/api/timeseries", {"interval": "minute", "from": 0, "filter": "page==/"}, "interval"),
        ("/api/funnel", {"step": ["page==/"]}, "step"),
        ("/api/funnel", {"step": ["page==/", "event!=x"]}, "step"),
        ("/api/funnel", {"step": ["page==/", "event==x"], "within_hours": 0}, "within_hours"),
        ("/api/funnel", {"step": ["page==/", "event==x"], "by": "shoe"}, "by"),
        ("/api/funnel", {"step": ["page==/", "event==x"], "from": 0}, "from"),
        ("/api/retention", {"by": "hour"}, "by"),
        ("/api/retention", {"cohorts": 61}, "cohorts"),
        ("/api/paths", {"anchor": "source==x"}, "anchor"),
        ("/api/paths", {"anchor": "page==/", "direction": "up"}, "direction"),
        ("/api/paths", {"anchor": "page==/", "depth": 6}, "depth"),
        ("/api/sessions", {"cursor": "first"}, "cursor"),
    ],
)
async def test_a_bad_question_is_refused_with_the_field(api, path, params, field):
    answer = await api.get(path, params=params)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["field"] == field
