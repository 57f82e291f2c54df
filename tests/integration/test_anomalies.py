"""The standing job over the counts of a project: what it finds, what drives it, and what it lets pass."""

import httpx
import numpy as np
import pytest

from gooddata.intelligence.anomalies.watch import WATCHES, look
from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.standing import JOBS
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement
from tests.conftest import new_project
from tests.integration.workbench import MINUTE, now

STEP, HOUR, DAY = 5 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE
DAYS = 15
# In the morning, whenever the tests run: at night there is too little of everything to miss any.
END = (now() - 10 * HOUR) // DAY * DAY + 10 * HOUR
SOURCES = {"google": 0.5, "news": 0.3, "": 0.2}
DEVICES = {"desktop": 0.6, "mobile": 0.4}


def counted(seed, drop=None):
    """Sessions every five minutes for DAYS, more by day than by night: (time, source, device, sessions). Of the source
    `drop` none came in the last three hours."""
    rng = np.random.default_rng(seed)
    for at in range(END - DAYS * DAY, END, STEP):
        rate = 20 * (1 + 0.7 * np.sin(at % DAY / DAY * 2 * np.pi))
        for source, share in SOURCES.items():
            lost = source == drop and at >= END - 3 * HOUR
            for device, of in DEVICES.items():
                yield at, source, device, 0 if lost else int(rng.poisson(rate * share * of))


async def store(connection, project, counts):
    await connection.execute(statement("gooddata.intelligence.results", "make_room"), END - DAYS * DAY * 1.0, END * 1.0)
    rows = {}
    for at, source, device, sessions in counts:
        for cell in ((at, "", ""), (at, "source", source), (at, "device", device)):
            rows[cell] = rows.get(cell, 0) + sessions
    await connection.execute(
        "INSERT INTO analytics.rollup_minute (project_id, minute, dimension, value, events, pageviews, sessions)"
        " SELECT $1, to_timestamp(at / 1000.0), dimension, value, 5 * n, 3 * n, n FROM"
        " unnest($2::text::bigint[], $3::text::text[], $4::text::text[], $5::text::bigint[])"
        " AS c (at, dimension, value, n) WHERE n > 0",
        project,
        *columns((*cell, sessions) for cell, sessions in rows.items()),
    )


@pytest.fixture
async def worker(shared):
    connection = await open_connection(shared.analytics_dsn, "gooddata_worker")
    await use_milliseconds(connection)
    yield connection
    await connection.close()


async def found_in(worker, project):
    return await worker.fetch("SELECT * FROM analytics.anomaly WHERE project_id = $1 ORDER BY bucket", project)


async def test_a_source_that_falls_away_is_told_with_its_name_and_told_once(shared, server, worker):
    project = await new_project(shared)
    await store(worker, project.project, counted(1, drop="google"))
    await look(worker, project.project, END + 3 * MINUTE)
    found = await found_in(worker, project.project)
    drop = [row for row in found if row["dimension"] == "" and row["bucket"] >= END - 3 * HOUR]
    assert {row["metric"] for row in drop} >= {"sessions", "events"}
    assert all(row["observed"] < row["low"] < row["high"] for row in drop)
    assert all('"google"' in row["driver"] for row in drop)
    assert ("source", "google") in {(row["dimension"], row["value"]) for row in found}

    headers = {"Authorization": f"Bearer {project.read_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as api:
        told = (await api.get("/api/anomalies", params={"since": END - 3 * HOUR})).json()["anomalies"]
        assert (await api.get("/api/anomalies", params={"since": "yesterday"})).status_code == 400
        assert "/api/anomalies" in (await api.get("/api/openapi.json")).json()["paths"]
    newest = next(row for row in told if row["dimension"] == "" and row["metric"] == "sessions")
    assert (newest["driver"]["dimension"], newest["driver"]["value"]) == ("source", "google")
    assert newest["driver"]["share"] > 0.7
    assert newest["bucket"] >= END - 3 * HOUR and newest["seconds"] in (300, 3_600)

    await worker.execute("DELETE FROM analytics.anomaly_progress WHERE project_id = $1", project.project)
    await look(worker, project.project, END + 3 * MINUTE)
    assert await found_in(worker, project.project) == found


async def test_a_quiet_week_gives_a_few_alarms_at_most(shared, worker):
    project = (await new_project(shared)).project
    await store(worker, project, counted(2))
    for watch in WATCHES:
        await worker.execute(
            "INSERT INTO analytics.anomaly_progress VALUES ($1, $2, $3)", project, watch.step, END - 7 * DAY + 2 * HOUR
        )
    await look(worker, project, END + 3 * MINUTE)
    assert len(await found_in(worker, project)) <= 3


async def test_a_bucket_is_looked_at_once_it_is_finished(shared, worker):
    project = (await new_project(shared)).project
    await store(worker, project, counted(3, drop="google"))
    await look(worker, project, END - 3 * HOUR + MINUTE)
    before = await found_in(worker, project)
    assert not [row for row in before if row["bucket"] >= END - 3 * HOUR - STEP]
    await look(worker, project, END + 3 * MINUTE)
    assert len(await found_in(worker, project)) > len(before)


async def test_it_is_a_standing_job(shared, worker):
    project = (await new_project(shared)).project
    (job,) = (job for job in JOBS if job.name == "anomalies")
    await do_once(shared.analytics_dsn, job)
    steps = await worker.fetch("SELECT step FROM analytics.anomaly_progress WHERE project_id = $1", project)
    assert {row["step"] for row in steps} == {watch.step for watch in WATCHES}
