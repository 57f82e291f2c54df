"""From stored sessions to segments behind the API, day after day; and nothing of who is erased."""

import httpx
import pytest

from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.segments.keep import keep_as_of
from gooddata.intelligence.standing import JOBS
from tests.conftest import new_project
from tests.integration.workbench import connected, erase_visitors, now, opened, store_sessions
from tests.unit.intelligence.segments.given import everybody, visits, who


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        await made.analytics.execute("SELECT analytics.make_room(now() - interval '40 days', now())")
        made.shop = await new_project(databases)
        yield made


@pytest.fixture
async def worker(bench):
    async with connected(bench, "gooddata_worker") as connection:
        yield connection


async def store(bench, told):
    await store_sessions(bench, bench.shop.project, [(each.visitor, each) for each in told])


async def members(bench):
    rows = await bench.analytics.fetch(
        "SELECT visitor, segment_id FROM analytics.segment_member WHERE project_id = $1", bench.shop.project
    )
    return {row["visitor"]: row["segment_id"] for row in rows}


async def models(bench):
    return await bench.analytics.fetchval("SELECT max(version) FROM analytics.model WHERE task = 'segments'")


async def erase(bench, *visitors):
    return await erase_visitors(bench, bench.shop.project, *visitors)


async def test_segments_are_told_kept_from_day_to_day_and_left_by_who_is_erased(bench, worker, processes):
    at = now()
    [job] = [job for job in JOBS if job.name == "segments"]
    await store(bench, everybody(100, now=at))
    await bench.analytics.execute("UPDATE analytics.session SET automated = true WHERE visitor = $1", who("hasty", 99))
    await do_once(bench.databases.analytics_dsn, job)
    first = await members(bench)
    assert len(first) == 399 and who("hasty", 99) not in first
    assert first[who("buyers", 1)] == first[who("buyers", 2)] != first[who("readers", 1)]

    # An hour later who is new is put where others of the kind are; nobody else changes.
    await store(bench, visits("buyers", 120, 3, at)[-20:])
    await do_once(bench.databases.analytics_dsn, job)
    assert await members(bench) == first
    await keep_as_of(worker, bench.shop.project, at + HOUR_MS)
    second = await members(bench)
    assert {visitor: second[visitor] for visitor in first} == first
    assert second[who("buyers", 119)] == first[who("buyers", 1)]
    assert await models(bench) == 1

    server = await processes.serve(role=("serve",))
    headers = {"Authorization": f"Bearer {bench.shop.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        told = (await http.get("/api/segments", params={"project": bench.shop.project})).json()
    assert told["members"] == len(second) == sum(each["members"] for each in told["segments"])
    buyers = next(each for each in told["segments"] if each["segment"] == first[who("buyers", 1)])
    assert buyers["name"].startswith("buyers") and buyers["features"][0]["text"] in buyers["description"]
    assert buyers["share"] == buyers["members"] / told["members"]
    assert told["reason"] is None and told["model"]["stability"] > 0.9

    # The next day they are found anew, under the same ids.
    await keep_as_of(worker, bench.shop.project, at + DAY_MS)
    third = await members(bench)
    assert await models(bench) == 2
    # What is found in the same visitors is no better, and what is in use stays; it is told of all the same.
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        [model] = (await http.get("/api/models", params={"project": bench.shop.project})).json()["models"]
        card = (await http.get("/api/models/segments/2/card", params={"project": bench.shop.project})).text
    assert (model["task"], model["version"], model["decided_because"]) == ("segments", 1, "it is the first")
    assert model["challenger"]["compared"]["agreement"] > 0.95
    assert "it is not better than version 1 beyond noise: silhouette" in model["challenger"]["decided_because"]
    assert "# segments, version 2 (not in use)" in card and "adjusted Rand index" in card
    assert sum(third[visitor] == second[visitor] for visitor in third) > 0.95 * len(third)

    receipt = await erase(bench, who("readers", 1))
    assert receipt["segment_members"] == 1
    assert who("readers", 1) not in await members(bench)
    await do_once(bench.databases.analytics_dsn, job)
    assert who("readers", 1) not in await members(bench)
    assert await models(bench) == 3


async def test_too_few_visitors_are_in_no_segment_and_no_model_knows_who_was_erased(bench, worker):
    at = now()
    await store(bench, everybody(76, now=at))
    await keep_as_of(worker, bench.shop.project, at)
    assert len(await members(bench)) == 304
    await erase(bench, *(who("hasty", each) for each in range(10)))
    await keep_as_of(worker, bench.shop.project, at)
    assert await members(bench) == {}
    assert await models(bench) is None
    reason = await bench.analytics.fetchval("SELECT reason FROM analytics.standing WHERE task = 'segments'")
    assert reason == "needs 300 visitors in 28 days; there are 294"
