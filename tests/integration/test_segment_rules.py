"""Segments by rule: who is in them, by day and one by one, equals a plain recount of the raw events; who may ask for
them, and within which limits."""

import csv
import random
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from gooddata.client import Client
from gooddata.errors import InputError
from gooddata.intelligence.uniques.keep import count_ready
from gooddata.serving.access import make_link_token
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.shelf import Shelf
from gooddata.serving.period import Period
from gooddata.serving.segments import rules
from gooddata.serving.segments.members import FIELDS, cursor_of, place_of
from gooddata.serving.segments.rules import MOST_DAYS, MOST_RULES, SegmentRule
from tests.conftest import Processes, new_project
from tests.integration.appended import append
from tests.integration.plain_columns import Plain, numbers_of, passes, utc
from tests.integration.plain_counts import DAY, HOUR, raw_events, sessions_of
from tests.integration.test_columns_any_order import expect_visitors, seen_at_once, written
from tests.integration.test_uniques_any_order import AT_ONCE, VISITORS, bench
from tests.integration.workbench import MINUTE, now, page

__all__ = ["bench", "seen_at_once"]

ASKED = [
    [("views", ">=", ["2"])],
    [("conversion", ">=", ["0.5"]), ("page", "~", ["/a"])],
    [("revenue", ">", ["0"])],
    [("churn_30d", "<", ["0.8"]), ("duration_seconds", ">", ["60"])],
    [("source", "==", ["google"])],
]
# In UTC, Kathmandu, and New York in winter and summer.
BEFORE_MIDNIGHTS = [each * MINUTE for each in (24 * 60 - 8, 18 * 60 + 7, 5 * 60 - 8, 4 * 60 - 8)]


def visits(chance, until):
    """Events of ten days, the newest of which is at `until`; many visits go on past midnight, here or elsewhere."""
    events = []
    for _ in range(45):
        day = until // DAY - chance.randint(0, 9)
        at = day * DAY + chance.choice([chance.randint(0, DAY - HOUR), *BEFORE_MIDNIGHTS])
        visitor = chance.choice(VISITORS)
        context = {"campaign": {"source": "google"}} if chance.random() < 0.4 else {}
        for _ in range(chance.randint(1, 4)):
            events.append(page(min(at, until), visitor, chance.choice(["/", "/a", "/b"]), context=context))
            at += chance.choice([500, 5 * MINUTE, 20 * MINUTE])
        if chance.random() < 0.3:
            order = {"type": "track", "name": "Order Completed", "properties": {"revenue": 12.5}, "context": context}
            events.append({"id": str(uuid.uuid4()), "visitor": visitor, "timestamp": min(at, until)} | order)
    chance.shuffle(events)
    return events


async def counted(bench):
    while await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass


def days_until(at, count, tz):
    """Where the last `count` days of a time zone begin, up to that of `at` (epoch ms), and where that one ends."""
    where = ZoneInfo(tz)
    last = datetime.fromtimestamp(at / 1_000, where).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [last + timedelta(days=each) for each in range(1 - count, 2)]
    return [round(each.timestamp() * 1_000) for each in starts]


def plain_members(events, asked, since, until):
    """By visitor: how many sessions that pass had an event in between, and when the last of those days' was."""
    found = {}
    for session in sessions_of(events):
        inside = [event["at"] for event in session if since <= event["at"] < until]
        if passes(session, asked) and inside:
            sessions, last = found.get(session[0]["visitor"], (0, 0))
            found[session[0]["visitor"]] = sessions + 1, max(last, max(inside) // 1_000)
    return found


@pytest.fixture(scope="module")
async def filled(bench):
    """A project whose events came late and in disorder, and partly before their hours were counted."""
    project = await new_project(bench.databases)
    await expect_visitors(bench, project.project)
    events = visits(random.Random(7), now() - MINUTE)
    await append(bench.raw, project.project, events[::2])
    await bench.caught_up()
    await counted(bench)
    await append(bench.raw, project.project, events[1::2])
    await bench.caught_up()
    return project, await raw_events(bench.raw, project.project)


@pytest.mark.parametrize("tz", ["UTC", "Asia/Kathmandu", "America/New_York"])
async def test_sizes_and_members_are_those_of_a_plain_recount(bench, filled, tz):
    project, events = filled
    columns, at = Columns(Shelf(bench.pool, 1 << 30)), now()
    for asked in ASKED:
        for window in (1, 3, 7):
            edges = days_until(at, 6 + window, tz)
            span = Period(utc(edges[window - 1] + HOUR), utc(at))
            told = await columns.segment_sizes(project.project, span, window, tz, written(asked))
            asked_days = range(window - 1, len(edges) - 1)
            assert told["t"] == [edges[day] for day in asked_days]
            expected = [plain_members(events, asked, edges[day - window + 1], edges[day + 1]) for day in asked_days]
            assert told["visitors"] == [len(each) for each in expected]

            found, missing = await columns.segment_members(project.project, utc(at), window, tz, written(asked))
            assert missing == {}
            heads = {visitor.int >> 64: each for visitor, each in expected[-1].items()}
            rows = zip(found.visitor.tolist(), found.sessions.tolist(), found.last.tolist(), strict=True)
            assert {head: (sessions, last) for head, sessions, last in rows} == heads
            assert found.visitor.tolist() == sorted(heads)


async def test_a_session_over_midnight_is_looked_at_as_a_whole(bench):
    """It is scored anew by an event of the one day, while the other stays as it was read."""
    project = (await new_project(bench.databases)).project
    columns = Columns(Shelf(bench.pool, 1 << 30))
    midnight = now() // DAY * DAY - DAY
    span = Period(utc(midnight - DAY), utc(midnight + DAY))
    # conversion is events % 5 / 4.
    for at in (-10, 5, 6, -9, -8, 7, -7, 8):
        await append(bench.raw, project, [page(midnight + at * MINUTE)])
        await bench.caught_up()
        await counted(bench)
        events = await raw_events(bench.raw, project)
        for name, number in (("conversion", "0.5"), ("views", "4"), ("duration_seconds", "720")):
            asked = [(name, ">=", [number])]
            expected = Plain(events, asked, midnight - DAY, midnight + DAY).totals()["events"]
            assert (await columns.overview(project, span, written(asked), False))["events"] == expected
    assert len(events) == 8


def rule(name, filters=("views>=1",), days=30):
    return SegmentRule(name, list(filters), days)


async def test_limits_of_segments_hold(bench):
    project, other = [(await new_project(bench.databases)).project for _ in range(2)]
    for number in range(MOST_RULES):
        kept = await rules.put_rule(bench.pool, project, rule(f"s{number}"), None)
    with pytest.raises(InputError, match="100 segments at most") as refused:
        await rules.put_rule(bench.pool, project, rule("one more"), None)
    assert refused.value.field == "name"
    await rules.put_rule(bench.pool, project, rule("x" * 100, days=1), None, kept)
    # A change is no other segment, and another project has its own.
    assert await rules.put_rule(bench.pool, project, rule("renamed", days=MOST_DAYS), None, kept) == kept
    assert await rules.put_rule(bench.pool, other, rule("renamed", ["views>=1"] * 20), None)
    for wrong, field in [
        (rule("s0"), "name"), (rule(""), "name"), (rule("x" * 101), "name"), (rule("a\nb"), "name"),
        (rule("x", []), "filters"), (rule("x", ["views>=1"] * 21), "filters"), (rule("x", ["views==1"]), "filters"),
        (rule("x", ["page==a\0b"]), "filters"), (rule("x", days=0), "days"), (rule("x", days=MOST_DAYS + 1), "days"),
    ]:  # fmt: skip
        with pytest.raises(InputError) as refused:
            await rules.put_rule(bench.pool, project, wrong, None, kept)
        assert refused.value.field == field
    assert await rules.put_rule(bench.pool, other, rule("mine now"), None, kept) is None
    assert not await rules.remove_rule(bench.pool, other, kept)
    assert await rules.remove_rule(bench.pool, project, kept)
    assert len(await rules.list_rules(bench.pool, project)) == MOST_RULES - 1


def test_a_cursor_is_what_an_answer_named():
    for wrong in ("", "x" * 16, "0" * 15, "0" * 17):
        with pytest.raises(InputError):
            place_of(wrong)
    assert place_of("00000000000000ff") == 255


@pytest.fixture(scope="module")
async def site(bench, filled, tmp_path_factory):
    """Browsers of each role, and a server without a worker, on the databases of the module."""
    started = Processes(bench.databases, tmp_path_factory.mktemp("segments"))
    url = (await started.serve(role=("serve",))).url
    clients = {}
    for role in ("owner", "analyst", "viewer"):
        clients[role] = httpx.AsyncClient(base_url=url, headers={"X-GoodData": "1"}, timeout=30)
        if role == "owner":
            token = await make_link_token(bench.analytics)
        else:
            body = {"email": f"{role}@example.com", "role": role, "projects": [filled[0].project]}
            made = await clients["owner"].post("/api/accounts", json=body)
            token = made.json()["link"].partition("=")[2]
        assert (await clients[role].get("/sign-in", params={"token": token})).status_code == 302
    yield url, clients
    for client in clients.values():
        await client.aclose()
    started.end()


async def test_a_segment_is_saved_changed_exported_and_deleted(bench, filled, site):
    project, events = filled
    url, clients = site
    analyst, on = clients["analyst"], {"project": project.project}
    asked = {"name": "Likely buyers", "filters": ["conversion>=0.5", "page~/a"], "days": 7}
    answer = await analyst.post("/api/segments/rules", params=on, json=asked)
    assert answer.status_code == 201, answer.text
    segment = answer.json()["segment"]
    at = f"/api/segments/rules/{segment}"
    changed = asked | {"days": 5}
    assert (await clients["owner"].put(at, params=on, json=changed)).status_code == 200
    [found] = (await analyst.get("/api/segments/rules", params=on)).json()["rules"]
    assert {name: found[name] for name in changed} == changed
    assert (found["made_by"], found["changed_by"] is None) == ("analyst@example.com", False)

    edges = days_until(now(), 5, "UTC")
    expected = plain_members(events, ASKED[1], edges[0], edges[-1])
    assert expected
    sizes = (await clients["viewer"].get(f"{at}/size", params=on)).json()
    assert len(sizes["t"]) == 31 and sizes["visitors"][-1] == len(expected)
    newest = {session[0]["visitor"]: numbers_of(session) for session in sorted(sessions_of(events), key=started)}

    export = await analyst.get(f"{at}/members", params=on | {"format": "csv"})
    assert export.headers["content-type"].startswith("text/csv")
    assert f"segment-{segment}.csv" in export.headers["content-disposition"]
    assert "x-gooddata-next" not in export.headers
    rows = list(csv.DictReader(export.text.splitlines()))
    assert tuple(rows[0]) == FIELDS
    assert {row["visitor"] for row in rows} == {str(visitor) for visitor in expected}
    for row in rows:
        visitor = uuid.UUID(row["visitor"])
        sessions, last = expected[visitor]
        assert (int(row["sessions"]), datetime.fromisoformat(row["last_seen"])) == (sessions, utc(last * 1_000))
        for task in FIELDS[3:]:
            said = newest[visitor][task]
            assert row[task] == "" if said is None else float(row[task]) == pytest.approx(said)

    async with Client(url, project.read_key) as client:
        # One at a time: the cursor leads through all of them, each once.
        told = [each async for each in client.segment_members(segment, limit=1)]
        assert [each["visitor"] for each in told] == [row["visitor"] for row in rows]
        assert told[0]["churn_30d"] == newest[uuid.UUID(told[0]["visitor"])]["churn_30d"]
        assert (await client.segment_size(segment))["visitors"] == sizes["visitors"]
        assert (await client.segment_rules())["rules"][0]["made_by"] is None
        assert (await client.segments())["segments"] == []

    assert (await analyst.delete(at, params=on)).status_code == 204
    assert (await analyst.get(f"{at}/size", params=on)).status_code == 404


def started(session):
    return session[0]["at"]


async def test_roles_keys_and_projects_are_told_apart(bench, filled, site):
    project = filled[0].project
    other = await new_project(bench.databases)
    url, clients = site
    theirs = await rules.put_rule(bench.pool, other.project, rule("theirs"), None)
    ours = await rules.put_rule(bench.pool, project, rule("ours"), None)
    body = {"name": "x", "filters": ["views>=1"]}
    on = {"project": project}
    at = f"/api/segments/rules/{ours}"
    codes = {}
    for role in ("viewer", "analyst", "owner"):
        browser = clients[role]
        asked = [
            browser.get("/api/segments/rules", params=on),
            browser.get(f"{at}/size", params=on),
            browser.get(f"{at}/members", params=on),
            browser.post("/api/segments/rules", params=on, json=body | {"name": role}),
            browser.put(at, params=on, json=body | {"name": "ours"}),
            browser.get(f"/api/segments/rules/{theirs}/size", params=on),
            browser.get(f"/api/segments/rules/{theirs}/members", params=on),
            browser.put(f"/api/segments/rules/{theirs}", params=on, json=body),
            browser.delete(f"/api/segments/rules/{theirs}", params=on),
        ]
        codes[role] = [(await each).status_code for each in asked]
    assert codes == {
        "viewer": [200, 200, 403, 403, 403, 404, 403, 403, 403],
        "analyst": [200, 200, 200, 201, 200, 404, 404, 404, 404],
        "owner": [200, 200, 200, 201, 200, 404, 404, 404, 404],
    }
    analyst = clients["analyst"]
    assert (await analyst.get("/api/segments/rules", params={"project": other.project})).status_code == 403
    async with httpx.AsyncClient(base_url=url) as keyed:
        key = {"Authorization": f"Bearer {other.read_key}"}
        assert [each["name"] for each in (await keyed.get("/api/segments/rules", headers=key)).json()["rules"]] == [
            "theirs"
        ]
        assert (await keyed.get(f"{at}/members", headers=key)).status_code == 404
        assert (await keyed.post("/api/segments/rules", headers=key, json=body)).status_code == 403
        assert (await keyed.get("/api/segments/rules")).status_code == 401
        assert (await keyed.get(f"/api/segments/rules/{theirs}/members", headers=key)).status_code == 200
        third = await new_project(bench.databases)
        of_third = await rules.put_rule(bench.pool, third.project, rule("of the third"), None)
        await bench.analytics.execute(
            "UPDATE control.key SET kinds = '{query}' WHERE project_id = $1 AND scope = 'read'", third.project
        )
        key = {"Authorization": f"Bearer {third.read_key}"}
        assert (await keyed.get(f"/api/segments/rules/{of_third}/size", headers=key)).status_code == 200
        assert (await keyed.get(f"/api/segments/rules/{of_third}/members", headers=key)).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "xml"}, "format"), ({"cursor": "nonsense"}, "cursor"), ({"limit": "100001"}, "limit"),
        ({"limit": "0"}, "limit"), ({"tz": "Mars/Olympus"}, "tz"),
    ],
)  # fmt: skip
async def test_what_cannot_be_exported_is_refused_by_its_field(bench, filled, site, query, field):
    project = filled[0].project
    known = await rules.list_rules(bench.pool, project)
    segment = known[0]["segment"] if known else await rules.put_rule(bench.pool, project, rule("any"), None)
    at = f"/api/segments/rules/{segment}/members"
    answer = await site[1]["owner"].get(at, params={"project": project} | query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-01-01", "to": "2026-07-10T00:01"}, "from"), ({"to": "0001-01-01"}, "to"),
        ({"from": "0001-01-01", "to": "0001-01-03"}, "from"), ({"from": "2999-01-01", "to": "2999-01-02"}, "from"),
    ],
)  # fmt: skip
async def test_sizes_are_of_a_bounded_past(bench, filled, site, query, field):
    project = filled[0].project
    known = await rules.list_rules(bench.pool, project)
    segment = known[0]["segment"] if known else await rules.put_rule(bench.pool, project, rule("any"), None)
    at = f"/api/segments/rules/{segment}/size"
    answer = await site[1]["owner"].get(at, params={"project": project} | query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), answer.text
    within = {"from": "2026-01-01", "to": "2026-07-10"}
    assert (await site[1]["owner"].get(at, params={"project": project} | within)).status_code == 200


async def test_a_cursor_names_the_last_who_was_told(bench, filled):
    columns = Columns(Shelf(bench.pool, 1 << 30))
    found, _ = await columns.segment_members(filled[0].project, utc(now()), 10, "UTC", written(ASKED[0]))
    first = found.part(0, 1)
    assert found.after(place_of(cursor_of(first))).visitor.tolist() == found.visitor.tolist()[1:]
