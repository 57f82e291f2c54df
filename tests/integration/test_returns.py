"""From stored sessions to who is expected back behind the API; and nothing of who is erased."""

import httpx
import pytest

from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.returns.keep import keep_as_of
from gooddata.intelligence.standing import JOBS
from tests.conftest import new_project
from tests.integration.workbench import connected, erase_visitors, now, opened, store_sessions
from tests.unit.intelligence.returns.given import everybody


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        await made.analytics.execute("SELECT analytics.make_room(now() - interval '400 days', now())")
        made.shop = await new_project(databases)
        yield made


@pytest.fixture
async def worker(bench):
    async with connected(bench, "gooddata_worker") as connection:
        yield connection


async def store(bench, people):
    await store_sessions(bench, bench.shop.project, [(each.visitor, visit) for each in people for visit in each.visits])


async def test_visitors_are_scored_told_and_forgotten(bench, worker, processes):
    at = now()
    people = everybody(900, now=at - HOUR_MS)
    await store(bench, people)
    [job] = [job for job in JOBS if job.name == "returns"]
    await do_once(bench.databases.analytics_dsn, job)
    server = await processes.serve(role=("serve",))
    headers = {"Authorization": f"Bearer {bench.shop.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        told = (await http.get("/api/returns", params={"limit": 5})).json()
        card = (await http.get("/api/models/return_7d/1/card")).text
    assert "Of a visitor, once an hour, a probability: do they come back within 7 days?" in card
    importance = told["tasks"]["return_7d"]["model"]["importance"]["features"]
    assert importance[0]["increase"] > 0 and importance[0]["meaning"] in card
    asked = [each for each in people if each.visits[-1].last_at > at - 90 * DAY_MS]
    assert abs(told["visitors"] - len(asked)) <= 1 and 0 < told["known"] < told["visitors"]
    assert told["tasks"]["return_7d"]["reason"] is None and told["tasks"]["return_7d"]["model"]["auc"] > 0.75
    assert told["tasks"]["churn_30d"]["model"]["ece"] < 0.1
    tenths = told["tenths"]
    assert [each["tenth"] for each in tenths] == list(range(1, 11))
    assert sum(each["visitors"] for each in tenths) == told["known"]
    assert tenths[0]["churn_30d"] > tenths[-1]["churn_30d"] and tenths[0]["return_7d"] < tenths[-1]["return_7d"]
    assert len(told["at_risk"]) == 5 and all(each["churn_30d"] > 0.5 for each in told["at_risk"])
    assert all("days ago" in each["reason"] for each in told["at_risk"])
    weights = [each["churn_30d"] * each["revenue"] for each in told["at_risk"]]
    assert weights == sorted(weights, reverse=True) and len(told["at_risk"][0]["visitor"]) == 8

    # Within the hour nothing is done again; an hour later who came is scored anew, by the same model.
    before = await bench.analytics.fetchval("SELECT max(computed_at) FROM analytics.visitor_score")
    await do_once(bench.databases.analytics_dsn, job)
    assert await bench.analytics.fetchval("SELECT max(computed_at) FROM analytics.visitor_score") == before
    await keep_as_of(worker, bench.shop.project, at + HOUR_MS)
    assert await bench.analytics.fetchval("SELECT min(computed_at) FROM analytics.visitor_score") > before
    versions = "SELECT max(version) FROM analytics.model WHERE task = 'return_7d'"
    assert await bench.analytics.fetchval(versions) == 1

    somebody = asked[0].visitor
    receipt = await erase_visitors(bench, bench.shop.project, somebody)
    assert receipt["visitor_scores"] == 1
    there = "SELECT count(*) FROM analytics.visitor_score WHERE visitor = $1"
    await do_once(bench.databases.analytics_dsn, job)
    assert await bench.analytics.fetchval(there, somebody) == 0
    assert await bench.analytics.fetchval(versions) == 2, "what had learned from them is learned anew"

    # The next day there is nothing that it does not know yet, and when the week has passed, in which nobody came, there
    # is no better one: it stays, and is told of.
    await keep_as_of(worker, bench.shop.project, at + DAY_MS)
    assert await bench.analytics.fetchval(versions) == 2
    await keep_as_of(worker, bench.shop.project, at + 8 * DAY_MS)
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        told = {model["task"]: model for model in (await http.get("/api/models")).json()["models"]}
    challenger = told["return_7d"]["challenger"]
    assert (told["return_7d"]["version"], challenger["version"], challenger["status"]) == (2, 3, "abstaining")
    assert challenger["decided_because"].endswith("and version 2 stays")
    assert await bench.analytics.fetchval("SELECT count(return_7d) FROM analytics.visitor_score") > 0


async def test_too_little_is_told_and_leaves_no_score(bench, worker):
    at = now()
    await store(bench, everybody(100, now=at - HOUR_MS, days=20))
    await keep_as_of(worker, bench.shop.project, at)
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.visitor_score") == 0
    reason = await bench.analytics.fetchval("SELECT reason FROM analytics.standing WHERE task = 'return_7d'")
    assert reason.startswith("needs 28 days of sessions")
