"""From stored counts to sentences behind the API."""

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bench.insights import made_up
from gooddata.intelligence.insights.cells import ERROR, read
from gooddata.intelligence.insights.keep import keep_as_of
from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.moments import DAY_MS, use_milliseconds
from gooddata.intelligence.sessions.rollup import CONVERSIONS
from gooddata.intelligence.standing import JOBS
from tests.conftest import new_project
from tests.integration.workbench import now, opened

COLUMNS = (
    "project_id", "minute", "dimension", "value", "events", "pageviews", "sessions", "bounces", "conversions",
    "revenue", "engaged_ms",
)  # fmt: skip


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        await made.analytics.execute("SELECT analytics.make_room(now() - interval '40 days', now())")
        yield made


async def store(bench, project, material, until):
    """Counts as workers write them, ending with the hour `until`; a session row for each that converted."""
    hours = [until - timedelta(hours=840 - hour) for hour in range(840)]
    rows = [
        (project, hours[hour], dimension, value, *map(int, counts[:5]), float(counts[5]), int(counts[6]))
        for (dimension, value), cell in material.cells.items()
        for hour, counts in enumerate(cell)
        if counts.any()
    ]
    await bench.analytics.copy_records_to_table("rollup_minute", schema_name="analytics", columns=COLUMNS, records=rows)
    sessions = [
        (project, uuid.uuid4(), uuid.uuid4(), hours[hour], hours[hour], 3, 1, 0, 1, value, "phone", "Firefox")
        for (dimension, value), cell in material.cells.items()
        if dimension == "source"
        for hour, counts in enumerate(cell)
        for _ in range(int(counts[CONVERSIONS]))
    ]
    columns = (
        "project_id", "session_id", "visitor", "started_at", "last_at", "events", "pageviews", "clicks", "goals",
        "source", "device", "browser",
    )  # fmt: skip
    await bench.analytics.copy_records_to_table("session", schema_name="analytics", columns=columns, records=sessions)


async def test_what_changed_is_said_behind_the_api_until_it_is_over(bench, processes):
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    known = await new_project(bench.databases)
    young = await new_project(bench.databases)
    await store(bench, known.project, made_up(3, 1_000, source=0.3), at)
    [job] = [job for job in JOBS if job.name == "insights"]
    await do_once(bench.databases.analytics_dsn, job)
    server = await processes.serve(role=("serve",))
    async with httpx.AsyncClient(base_url=server.url) as http:

        async def ask(project):
            headers = {"Authorization": f"Bearer {project.read_key}"}
            answer = await http.get("/api/insights", params={"project": project.project}, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json()

        told = await ask(known)
        assert (told["reason"], told["tested"] > 50) == (None, True)
        [first] = [each for each in told["insights"] if each["numbers"]["metric"] == "sessions"]
        assert first["for_whom"] == {"source": "google"}
        assert first["sentence"].startswith("Sessions from google fell by ")
        assert first["numbers"]["q"] < 0.05 and first["numbers"]["test"] == "t of square roots by weekday"
        assert abs(at.timestamp() * 1_000 - 84 * 3_600_000 - first["since"]) < 40 * 3_600_000
        nothing = await ask(young)
        assert (nothing["insights"], nothing["reason"]) == ([], "needs 21 days of counts; there are 0")

        await do_once(bench.databases.analytics_dsn, job)
        [again] = [each for each in (await ask(known))["insights"] if each["key"] == first["key"]]
        assert again["first_seen"] == first["first_seen"] < again["last_seen"]

        await bench.analytics.execute("UPDATE analytics.insight SET until = now() - interval '1 second'")
        assert (await ask(known))["insights"] == []


async def test_what_happened_within_sessions_goes_with_goals_but_only_before_them(bench):
    await use_milliseconds(bench.analytics)
    await bench.analytics.execute(
        """INSERT INTO analytics.session
               (project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, device)
           SELECT $1, md5('s' || n)::uuid, md5('v' || n)::uuid, now() - interval '2 days', now() - interval '1 day',
                  2, 1, 0, (n % 4 = 0)::int, CASE WHEN n % 2 = 0 THEN 'phone' ELSE 'desktop' END
           FROM generate_series(1, 1000) n""",
        bench.project,
    )
    # Of the sessions with a goal, half have searched before it and all have seen an error after it.
    await bench.analytics.execute(
        """INSERT INTO analytics.event
               (project_id, event_id, visitor, session_id, timestamp, type, name, goal, path)
           SELECT $1, gen_random_uuid(), md5('v' || n)::uuid, md5('s' || n)::uuid,
                  now() - interval '2 days' + place * interval '1 minute', 'track', name,
                  name = 'Order Completed', '/pay'
           FROM generate_series(4, 1000, 4) n
           CROSS JOIN (VALUES (1, '$search'), (2, 'Order Completed'), (3, '$error')) e (place, name)
           WHERE name <> '$search' OR n % 8 = 0""",
        bench.project,
    )
    material = await read(bench.analytics, bench.project, now() + 3_600_000)
    groups = {(group.kind, group.value): (group.sessions, group.hits) for group in material.traits}
    assert groups == {
        ("", ""): (1_000, 250), ("event", "$search"): (125, 125), ("device", "phone"): (500, 250),
        ("device", "desktop"): (500, 0),
    }  # fmt: skip
    assert [(group.value, group.sessions, group.hits) for group in material.struggles] == [("/pay", 250, 250)]
    assert ERROR not in {value for _, value in groups}
    assert (await keep_as_of(bench.analytics, bench.project, now() + DAY_MS)).reason
