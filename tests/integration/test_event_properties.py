"""Which events there were, which properties they have and which values these, asked of a server: as a plain recount of
what was sent has it, whatever came late or twice; and of a sample as near as it says."""

import asyncio
import random
import uuid
from collections import Counter, defaultdict

import asyncpg
import httpx
import pytest

from gooddata.persistence.pool import open_pool
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.shelf import Shelf
from gooddata.serving.period import Period
from gooddata.serving.properties.properties import Asked, Properties
from tests.conftest import new_project
from tests.integration.plain_columns import utc

MINUTE, HOUR = 60_000, 3_600_000
MIDNIGHT = 1_794_873_600_000  # 2026-11-17T00:00:00Z
SPAN = {"from": MIDNIGHT - 6 * HOUR, "to": MIDNIGHT + 6 * HOUR}
ADDED = "Product Added"


def some(chance, visitors, each):
    """Events of visitors, each of whose come every few minutes, past midnight."""
    events = []
    for number in range(visitors):
        at = MIDNIGHT - chance.randint(0, 5 * HOUR)
        source = chance.choice(["google", "news"])
        for _ in range(chance.randint(1, each)):
            at += chance.choice([1, 900, MINUTE, 20 * MINUTE, 40 * MINUTE])
            own = {"colour": chance.choice(["red", "green", "blue"]), "gift": chance.random() < 0.3}
            own |= {"stock": chance.choice([1, 2, 2.5, 40]), "mail": f"jane{number}@example.org", "secret": "x"}
            own |= {"product_id": f"p{chance.randint(1, 5)}", "category": "shoes", "price": chance.choice([5, 20])}
            kept = [name for name in own if chance.random() < 0.7]
            events.append(
                {
                    "id": str(uuid.uuid4()), "type": "track", "name": chance.choice([ADDED, ADDED, "Order Completed"]),
                    "visitor": f"v{number}", "timestamp": at, "properties": {name: own[name] for name in kept},
                    "context": {"campaign": {"source": source}},
                }
            )  # fmt: skip
            if events[-1]["name"] == "Order Completed":
                events[-1]["properties"]["revenue"] = chance.randint(1, 9)
    return events


@pytest.fixture(scope="module")
async def known(shared, server):
    """A project whose events came out of order, some of them twice; and another one with the same names."""
    chance = random.Random(7)
    project, other = await new_project(shared), await new_project(shared)
    connection = await asyncpg.connect(shared.analytics_dsn)
    names = [(each.project, name) for each in (project, other) for name in ("colour", "gift", "stock", "mail", "never")]
    await connection.executemany("INSERT INTO control.property (project_id, name) VALUES ($1, $2)", names)
    await connection.close()
    # Workers hear of rules every few seconds: what shows that they have is of a time that is not asked about.
    events = some(chance, 25, 8)
    early, late = events[: len(events) // 2], events[len(events) // 2 :]
    chance.shuffle(late)
    async with client_of(server, project) as api, client_of(server, other) as beside:
        await ruled(api)
        for batch in (late, early, late[:9]):
            await send(api, batch)
        await send(beside, [each | {"id": str(uuid.uuid4())} for each in events[:20]])
        await counted(api, len(events))
        await counted(beside, 20)
        yield api, beside, events


def client_of(server, project):
    return httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {project.read_key}"})


async def send(api, events):
    answer = await api.post("/v1/batch", json={"batch": events}, headers={"X-GoodData-Import": "1"})
    assert answer.status_code == 200 and answer.json()["rejected"] == []


async def ruled(api):
    long_ago = MIDNIGHT - 400 * HOUR
    for number in range(200):
        probe = {"type": "track", "name": "Probe", "visitor": "probe", "timestamp": long_ago + number * 1_000}
        await send(api, [probe | {"id": str(uuid.uuid4()), "properties": {"colour": "red"}}])
        span = {"from": long_ago - HOUR, "to": long_ago + HOUR}
        found = await get(api, "properties", event="Probe", **span)
        if found["properties"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no worker hears of the rule")


async def counted(api, events):
    for _ in range(200):
        if sum(row["events"] for row in (await get(api, "events", **SPAN))["rows"]) == events:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the events are not counted")


async def get(api, path, **params):
    answer = await api.get(f"/api/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sessions(events):
    """The number of each event's session, by its id."""
    found, newest = {}, {}
    for event in sorted(events, key=lambda each: each["timestamp"]):
        before, number = newest.get(event["visitor"], (0, None))
        if event["timestamp"] - before > 30 * MINUTE:
            number = len(found)
        found[event["id"]] = number
        newest[event["visitor"]] = (event["timestamp"], number)
    return found


def inside(events, since=SPAN["from"], until=SPAN["to"]):
    return [each for each in events if since <= each["timestamp"] < until]


def recounted(events, property_):
    """By value, as analytics holds it: events, visitors, sessions."""
    own, rows = sessions(events), defaultdict(lambda: ([], set(), set()))
    of = {"product": "product_id", "value": "price"}.get(property_, property_)
    for event in inside(events):
        value = event["properties"].get(of)
        if event["name"] != ADDED or value is None:
            continue
        value = ":email" if property_ == "mail" else value
        rows[value][0].append(event["id"])
        rows[value][1].add(event["visitor"])
        rows[value][2].add(own[event["id"]])
    return {value: tuple(len(each) for each in row) for value, row in rows.items()}


async def test_events_are_counted_by_name(known):
    api, _, events = known
    found = await get(api, "events", **SPAN)
    own = sessions(events)
    for row in found["rows"]:
        such = [each for each in events if each["name"] == row["event"]]
        assert (row["events"], row["visitors"]) == (len(such), len({each["visitor"] for each in such}))
        assert row["sessions"] == len({own[each["id"]] for each in such})
        assert row["per_visitor"] == row["events"] / row["visitors"]
        assert row["first_at"] == min(each["timestamp"] for each in such) // 1_000 * 1_000
        assert row["last_at"] == max(each["timestamp"] for each in such) // 1_000 * 1_000
        assert row["previous"] == {"events": 0, "visitors": 0, "sessions": 0}
        assert row["revenue"] == sum(each["properties"].get("revenue", 0) for each in such)
    assert [row["event"] for row in found["rows"]] == [ADDED, "Order Completed"] and found["names"] == 2
    later = await get(api, "events", **{"from": SPAN["to"], "to": 2 * SPAN["to"] - SPAN["from"]})
    assert [row["events"] for row in later["rows"]] == [0, 0], "what has not occurred since is told"
    assert later["rows"][0]["previous"]["events"] == found["rows"][0]["events"]
    assert later["rows"][0]["first_at"] is None and later["rows"][0]["per_visitor"] is None
    assert [row["event"] for row in (await get(api, "events", limit=1, offset=1, **SPAN))["rows"]] == [
        "Order Completed"
    ]


async def test_an_event_over_time_has_no_gaps(known):
    api, _, events = known
    line = await get(api, "events/timeseries", event=ADDED, interval="hour", **SPAN)
    assert line["t"] == list(range(SPAN["from"], SPAN["to"], HOUR))
    for at, count, visitors in zip(line["t"], line["events"], line["visitors"], strict=True):
        own = [each for each in inside(events, at, at + HOUR) if each["name"] == ADDED]
        assert (count, visitors) == (len(own), len({each["visitor"] for each in own}))
    assert sum((await get(api, "events/timeseries", event="none such", **SPAN))["events"]) == 0


async def test_properties_are_those_that_are_allowed_and_those_with_columns(known):
    api, _, events = known
    found = await get(api, "properties", event=ADDED, **SPAN)
    total = sum(each["name"] == ADDED for each in events)
    assert (found["sampled"], found["read"], found["of"]) == (False, total, total)
    assert found["allowed"] == ["colour", "gift", "mail", "never", "stock"]
    told = {each.pop("property"): each for each in found["properties"]}
    kinds = {name: each["kind"] for name, each in told.items()}
    assert kinds == {
        "product": "text", "category": "text", "value": "number", "colour": "text", "gift": "boolean",
        "stock": "number", "mail": "text",
    }  # fmt: skip
    for name, each in told.items():
        values = recounted(events, name)
        assert (each["events"], each["values"]) == (sum(row[0] for row in values.values()), len(values)), name
        assert each["built_in"] == (name in ("product", "category", "value"))


async def test_days_without_the_event_are_no_trouble(known):
    api, _, events = known
    total = sum(each["name"] == ADDED for each in events)
    long = {"from": MIDNIGHT - 500 * HOUR, "to": SPAN["to"]}
    for name, of in (("Probe", 1), (ADDED, total), ("none such", 0)):
        found = await get(api, "properties", event=name, **long)
        assert found["of"] >= of and (found["of"] == of or name == "Probe")
        values = await get(api, "properties/values", event=name, property="colour", **long)
        assert (values["kind"], bool(values["rows"])) == (("text", True) if of else (None, False))


@pytest.mark.parametrize("name", ["colour", "gift", "stock", "mail", "product", "value"])
async def test_values_are_counted_like_a_plain_recount(known, name):
    api, _, events = known
    found = await get(api, "properties/values", event=ADDED, property=name, **SPAN)
    expected = recounted(events, name)
    rows = {row["value"]: (row["events"], row["visitors"], row["sessions"]) for row in found["rows"]}
    assert rows == expected and found["values"] == len(expected)
    counts = [row["events"] for row in found["rows"]]
    assert counts == sorted(counts, reverse=True) and found["events"] == sum(counts)
    assert all(row["revenue"] is None for row in found["rows"])
    numbers = [value for value, (count, _, _) in expected.items() for _ in range(count)]
    if found["kind"] != "number":
        assert found["numbers"] is None
        return
    told = found["numbers"]
    assert (told["count"], told["sum"], told["min"], told["max"]) == (
        len(numbers), pytest.approx(sum(numbers)), min(numbers), max(numbers)
    )  # fmt: skip
    assert told["median"] in numbers
    assert sum(bucket["count"] for bucket in told["buckets"]) == len(numbers)


async def test_revenue_is_of_the_events_that_have_the_value(known):
    api, _, events = known
    found = await get(api, "properties/values", event="Order Completed", property="colour", **SPAN)
    expected = Counter()
    for each in inside(events):
        if each["name"] == "Order Completed" and "colour" in each["properties"]:
            expected[each["properties"]["colour"]] += each["properties"]["revenue"]
    assert {row["value"]: row["revenue"] for row in found["rows"]} == expected


# Visits go on beyond either end of some of these periods.
@pytest.mark.parametrize("since", range(MIDNIGHT - 4 * HOUR, MIDNIGHT, 35 * MINUTE))
async def test_filters_and_the_period_hold_for_events_and_for_properties(known, since):
    api, _, events = known
    until = since + 95 * MINUTE
    # A session passes by what it was entered by; here all of a visitor's are.
    such = [e for e in inside(events, since, until) if e["context"]["campaign"]["source"] == "google"]
    asked = {"filter": "source==google", "from": since, "to": until}
    rows = (await get(api, "events", **asked))["rows"]
    assert {row["event"]: row["events"] for row in rows if row["events"]} == Counter(each["name"] for each in such)
    added = [each for each in such if each["name"] == ADDED]
    assert (await get(api, "properties", event=ADDED, **asked))["of"] == len(added)
    found = await get(api, "properties/values", event=ADDED, property="colour", **asked)
    assert {row["value"]: row["events"] for row in found["rows"]} == Counter(
        each["properties"]["colour"] for each in added if "colour" in each["properties"]
    )
    line = await get(api, "events/timeseries", event=ADDED, **asked)
    assert sum(line["events"]) == len(added)


async def test_conditions_look_at_events_that_have_a_value(known):
    api, _, events = known
    own = [each for each in inside(events) if each["name"] == ADDED]
    red = [each for each in own if each["properties"].get("colour") == "red"]
    found = await get(api, "properties", event=ADDED, where="colour==red", **SPAN)
    assert (found["events"], found["of"]) == (len(red), len(own))
    told = {each["property"]: each["events"] for each in found["properties"]}
    assert told["colour"] == len(red) and told["gift"] == sum("gift" in each["properties"] for each in red)
    gifts = [each for each in red if each["properties"].get("gift") is True and "stock" in each["properties"]]
    asked = {"where": ["colour==red", "gift==true"], "property": "stock"}
    values = await get(api, "properties/values", event=ADDED, **asked, **SPAN)
    counted = Counter(each["properties"]["stock"] for each in gifts)
    assert {row["value"]: row["events"] for row in values["rows"]} == counted


async def test_another_project_has_its_own(known):
    api, beside, _ = known
    assert sum(row["events"] for row in (await get(beside, "events", **SPAN))["rows"]) == 20
    of = [(await get(each, "properties", event=ADDED, **SPAN))["of"] for each in (api, beside)]
    assert of[0] > 20 > of[1] > 0
    project = (await get(api, "session"))["projects"][0]["id"]
    for path in ("events", "events/timeseries", "properties", "properties/values"):
        answer = await beside.get(f"/api/{path}", params={"project": project, "event": "a", "property": "b"})
        assert answer.status_code == 401, path


async def test_values_are_paged_up_to_the_limit(known):
    api, _, _ = known
    whole = (await get(api, "properties/values", event=ADDED, property="product", limit=1_000, **SPAN))["rows"]
    pages = [
        (await get(api, "properties/values", event=ADDED, property="product", limit=2, offset=at, **SPAN))["rows"]
        for at in (0, 2, 4)
    ]
    assert [row for page in pages for row in page] == whole and len(whole) == 5


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("events", {"limit": 1_001}, "limit"),
        ("events", {"limit": 0}, "limit"),
        ("events", {"offset": -1}, "offset"),
        ("events", {"filter": "colour==red"}, "filter"),
        ("events/timeseries", {"event": ""}, "event"),
        ("events/timeseries", {"event": "a", "interval": "year"}, "interval"),
        ("events/timeseries", {"event": "a", "tz": "Mars"}, "tz"),
        ("properties", {"event": "x" * 513}, "event"),
        ("properties", {"event": "a\0"}, "event"),
        ("properties", {"event": "a", "where": "colour"}, "where"),
        ("properties/values", {"event": "a", "property": "b", "where": ["a==b"] * 6}, "where"),
        ("properties/values", {"event": "a", "property": ""}, "property"),
        ("properties/values", {"event": "a", "property": "b", "limit": 1_001}, "limit"),
        ("properties/values", {"event": "a", "property": "b", "offset": 1_000_001}, "offset"),
    ],
)
async def test_what_cannot_be_asked_names_the_field(known, path, asked, field):
    api, _, _ = known
    answer = await api.get(f"/api/{path}", params=asked)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), answer.text
    longest = await api.get("/api/properties", params={"event": "x" * 512})
    assert longest.status_code == 200


@pytest.fixture(scope="module")
async def pool(shared):
    opened = await open_pool(shared.analytics_dsn, "gooddata_dashboard", size=2)
    yield opened
    opened.terminate()


async def test_of_many_events_a_share_of_visitors_is_read_and_scaled_to_all(shared, pool):
    project = await new_project(shared)
    chance = random.Random(3)
    rows = []
    for _ in range(600):
        visitor, session = uuid.UUID(int=chance.getrandbits(128)), uuid.UUID(int=chance.getrandbits(128))
        for place in range(chance.randint(1, 5)):
            at = utc(MIDNIGHT + place * 1_000)
            size = f'{{"size": "{chance.choice("LLLM")}"}}'
            rows.append((project.project, uuid.uuid4(), visitor, session, at, "track", ADDED, size))
    columns = ("project_id", "event_id", "visitor", "session_id", "timestamp", "type", "name", "properties")
    owner = await asyncpg.connect(shared.analytics_dsn)
    await owner.execute("SELECT analytics.make_room($1, $1)", utc(MIDNIGHT))
    await owner.copy_records_to_table("event", schema_name="analytics", columns=columns, records=rows)
    await owner.execute(
        "INSERT INTO analytics.unique_due (project_id, hour) VALUES ($1, $2)", project.project, utc(MIDNIGHT)
    )
    await owner.close()
    read = Properties(pool, Columns(Shelf(pool, 1 << 30)), most_read=400)
    span = Period(utc(SPAN["from"]), utc(SPAN["to"]))
    asked = Asked(project.project, span, ADDED)
    found = await read.names(asked)
    assert (found["sampled"], found["of"]) == (True, len(rows))
    assert 350 < found["read"] <= 400
    assert found["properties"] == [
        {"property": "size", "built_in": False, "kind": "text", "events": len(rows), "values": 2}
    ]
    values = await read.values(asked, "size", 10, 0)
    large, middle = values["rows"]
    true = Counter(row[-1] for row in rows)
    assert abs(large["events"] - true['{"size": "L"}']) < 0.1 * len(rows)
    assert abs(large["events"] + middle["events"] - len(rows)) <= 1
    visitors = {row[2] for row in rows if "L" in row[-1]}
    assert abs(large["visitors"] - len(visitors)) < 0.1 * len(visitors) and large["visitors"] == large["sessions"]

    # Where one visitor alone has more, so many of theirs are read.
    few = await Properties(pool, Columns(Shelf(pool, 1 << 30)), most_read=1).names(asked)
    assert (few["sampled"], few["read"], few["of"]) == (True, 1, len(rows))
    whole = await Properties(pool, Columns(Shelf(pool, 1 << 30)), most_read=len(rows)).names(asked)
    assert (whole["sampled"], whole["read"]) == (False, len(rows))
