"""From batches in the log to sessions, counts per minute and scores, on real databases."""

import asyncio
import json
import random

import pytest

from gooddata.intelligence import worker
from gooddata.intelligence.facts.goals import Goals
from tests.conftest import new_project
from tests.integration.appended import append, append_body, body_of
from tests.integration.workbench import MINUTE, PSEUDONYMS, event, now, opened, page


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


async def test_a_visit_becomes_a_session_its_counts_and_a_score(bench):
    at = now() - 5_000
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile Safari/604.1"
    )
    context = {"userAgent": agent, "country": "NZ", "page": {"path": "/tea", "referrer": "https://www.google.com/"}}
    bench.start()
    await append(
        bench.raw,
        bench.project,
        [
            page(at, path="/tea", context=context),
            event(at + 1_000, shared_context=context),
            event(at + 2_000, name="$engagement", properties={"engaged_ms": 1_500, "scroll_depth": 60}),
            event(at + 3_000, name="Order Completed", properties={"revenue": 19.9}),
        ],
    )
    await bench.caught_up()
    session = await bench.analytics.fetchrow("SELECT * FROM analytics.session")
    assert session["visitor"] == PSEUDONYMS.visitor(bench.project, "v")
    assert (session["events"], session["pageviews"], session["clicks"], session["goals"]) == (4, 1, 1, 1)
    assert (session["revenue"], session["engaged_ms"], session["scroll"]) == (19.9, 1_500, 60)
    assert (session["entry_path"], session["source"], session["device"], session["browser"]) == (
        "/tea", "google", "mobile", "Safari",
    )  # fmt: skip
    assert session["country"] == "NZ"
    assert await bench.analytics.fetchval("SELECT country FROM analytics.event WHERE type = 'page'") == "NZ"
    totals = await bench.analytics.fetchrow(
        "SELECT sum(events) AS events, sum(sessions) AS sessions, sum(bounces) AS bounces, sum(conversions) AS goals,"
        " sum(revenue) AS revenue FROM analytics.rollup_minute WHERE dimension = 'source' AND value = 'google'"
    )
    assert tuple(totals) == (4, 1, 0, 1, 19.9), "what happened later in the visit is credited to where it came from"
    score = await bench.analytics.fetchrow("SELECT * FROM analytics.score")
    assert (score["score"], score["reason"]) == (None, "the session has converted already")
    assert score["last_event"] == session["last_event"]


async def test_those_who_listen_hear_of_every_recent_score(bench):
    heard = asyncio.Queue()
    await bench.analytics.add_listener("gooddata_score", lambda *notice: heard.put_nowait(json.loads(notice[-1])))
    bench.start()
    last = event(now() - 1_000)
    await append(bench.raw, bench.project, [page(now() - 2_000), last])
    [told] = await asyncio.wait_for(heard.get(), 10)
    assert told["project"] == bench.project
    assert told["visitor"] == str(PSEUDONYMS.visitor(bench.project, "v"))
    assert told["last_event"] == last["id"]
    assert told["scores"]["conversion"] == {
        "score": None, "abstained": True, "reason": "no model has been trained yet", "model": None, "trained_on": None,
        "quality": None,
    }  # fmt: skip
    await append(bench.raw, bench.project, [page(now() - 3_600_000, "old")])
    await append(bench.raw, bench.project, [page(now(), "new")])
    [told] = await asyncio.wait_for(heard.get(), 10)
    assert told["visitor"] == str(PSEUDONYMS.visitor(bench.project, "new")), "nobody waits for scores of a replay"


async def test_goals_of_a_project_younger_than_the_worker_are_not_overlooked(bench):
    bench.start(worker.WorkerSettings(refresh_seconds=3_600))
    await append(bench.raw, bench.project, [page(now())])
    await bench.caught_up()
    young = (await new_project(bench.databases)).project
    await append(bench.raw, young, [event(now(), name="Order Completed")])
    await bench.caught_up()
    assert await bench.analytics.fetchval("SELECT goals FROM analytics.session WHERE project_id = $1", young) == 1
    assert Goals().of("nobody's") == frozenset()


def order(at, visitor):
    return event(at, visitor, "Order Completed")


def plain_sessions(events):
    """The rule as one would write it down: (events, start, end) of each session of one visitor."""
    sessions = []
    for at in sorted(sent["timestamp"] for sent in events):
        if sessions and at - sessions[-1][2] <= 30 * MINUTE and at - sessions[-1][1] <= 24 * 60 * MINUTE:
            sessions[-1] = (sessions[-1][0] + 1, sessions[-1][1], at)
        else:
            sessions.append((1, at, at))
    return sessions


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("visitors", [100_000, 2])
async def test_any_order_of_arrival_gives_what_a_plain_recount_gives(bench, seed, visitors):
    """Also when the worker has room for two visitors only and must read the others back again and again."""
    rng = random.Random(seed)
    start = now() // MINUTE * MINUTE - 40 * 24 * 60 * MINUTE
    by_visitor = {
        f"v{n}": [
            rng.choice([page, event, order])(start + rng.randrange(rng.choice([90, 4 * 24 * 60])) * MINUTE, f"v{n}")
            for _ in range(rng.randrange(1, 60))
        ]
        for n in range(12)
    }
    by_visitor["all day"] = [page(start + n * 25 * MINUTE, "all day", path=f"/{n % 7}") for n in range(150)]
    events = [event for own in by_visitor.values() for event in own]
    rng.shuffle(events)
    settings = worker.WorkerSettings(round_events=rng.choice([1, 20, 300]), visitors=visitors)
    running = bench.start(settings)
    while events:
        some = rng.randrange(1, 60)
        await append(bench.raw, bench.project, events[:some])
        events = events[some:]
        if rng.random() < 0.1:
            await running.end()
            running = bench.start(settings)
    await bench.caught_up()
    for visitor, own in by_visitor.items():
        rows = await bench.analytics.fetch(
            "SELECT s.*, e.* FROM (SELECT session_id, events, (extract(epoch FROM started_at) * 1000)::bigint AS a,"
            " (extract(epoch FROM last_at) * 1000)::bigint AS b FROM analytics.session WHERE visitor = $1) s"
            " JOIN (SELECT session_id, count(*) AS n FROM analytics.event WHERE visitor = $1 GROUP BY 1) e"
            " USING (session_id) ORDER BY a",
            PSEUDONYMS.visitor(bench.project, visitor),
        )
        assert [(row["n"], row["a"], row["b"]) for row in rows] == plain_sessions(own)
        assert [row["events"] for row in rows] == [row["n"] for row in rows]
    await rollup_equals_its_recount(bench)
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.score") == await bench.analytics.fetchval(
        "SELECT count(*) FROM analytics.session"
    )


async def rollup_equals_its_recount(bench):
    """Counts the minutes anew in SQL, from events and sessions, and compares every cell."""
    recount = await bench.analytics.fetch(
        """
        WITH fact AS (
            SELECT e.*, coalesce(s.source, 'direct') AS s_source, coalesce(s.device, 'unknown') AS s_device,
                   coalesce(s.browser, 'unknown') AS s_browser, s.campaign AS s_campaign,
                   s.country AS s_country
            FROM analytics.event e JOIN analytics.session s USING (project_id, session_id)
        ), cell AS (
            SELECT date_trunc('minute', timestamp) AS minute, d.dimension, d.value, 1 AS events,
                   (type IN ('page', 'screen'))::int AS pageviews, 0 AS sessions, 0 AS bounces, goal::int AS conversions
            FROM fact CROSS JOIN LATERAL (VALUES ('', ''), ('page', path), ('event', coalesce(name, type)),
                ('goal', CASE WHEN goal THEN coalesce(name, type) END),
                ('source', s_source), ('campaign', s_campaign), ('device', s_device), ('browser', s_browser),
                ('country', s_country)
            ) AS d (dimension, value)
            UNION ALL
            SELECT date_trunc('minute', started_at), d.dimension, d.value, 0, 0, 1,
                   (pageviews = 1 AND NOT EXISTS (
                       SELECT FROM analytics.event e WHERE e.session_id = s.session_id AND e.type = 'track'
                       AND (e.name NOT LIKE '$%' OR e.name = '$click')))::int, 0
            FROM analytics.session s CROSS JOIN LATERAL (VALUES ('', ''), ('page', entry_path),
                ('source', coalesce(source, 'direct')), ('campaign', campaign), ('device', coalesce(device, 'unknown')),
                ('browser', coalesce(browser, 'unknown')), ('country', country)) AS d (dimension, value)
        )
        SELECT minute, dimension, value, sum(events), sum(pageviews), sum(sessions), sum(bounces), sum(conversions)
        FROM cell WHERE value IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """
    )
    stored = await bench.analytics.fetch(
        "SELECT minute, dimension, value, events, pageviews, sessions, bounces, conversions"
        " FROM analytics.rollup_minute ORDER BY 1, 2, 3"
    )
    assert [tuple(row) for row in stored] == [tuple(row) for row in recount]


async def test_an_event_that_cannot_be_applied_is_recorded_and_takes_no_other_with_it(bench, caplog):
    good = [page(now(), f"v{n}") for n in range(40)]
    bad = event(now(), "v") | {"id": "no uuid"}
    unstorable = event(now(), "v", name="kept", type="x\0y")
    body = body_of([*good[:20], bad, *good[20:], unstorable], bench.project)
    seq = await append_body(bench.raw, 2, body, 42)
    whole = await append_body(bench.raw, 2, '[{"project": 1}]', 3)
    broken = await append_body(bench.raw, 2, "no JSON", 3)
    bench.start()
    await bench.caught_up()
    rows = await bench.analytics.fetch("SELECT seq, place, reason FROM analytics.unreadable ORDER BY seq, place")
    assert [(row["seq"], row["place"]) for row in rows] == [(seq, 20), (seq, 41), (whole, -1), (broken, -1)]
    assert "UUID" in rows[0]["reason"]
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 40
    assert await bench.analytics.fetchval("SELECT sum(events) FROM analytics.rollup_minute WHERE dimension = ''") == 40
    assert f"batch 2-{seq} is left out" in caplog.text
