"""More sessions than fit into memory, and projects trained on the machines of a cluster: two workers of Dask, which are
processes of their own, as on two machines."""

import asyncio
import json
import os
import subprocess
import sys

import asyncpg
import dask
import pytest

from gooddata.errors import ClusterUnavailable
from gooddata.intelligence import training
from gooddata.intelligence.fitting import Order
from gooddata.intelligence.training.fit_all import Trained
from gooddata.intelligence.training.sample import _LEAST_FACTS, facts_within
from gooddata.intelligence.training.spread import fit_spread
from gooddata.intelligence.training.watch import _keep_trained
from tests.conftest import free_port, fresh_databases, new_project
from tests.integration.appended import append
from tests.integration.test_training import shop_visits
from tests.integration.workbench import opened

MEMORY_MB = 420

# As if every visit had been made by so many people more. What they saw is told in longer words, as sites' words are.
AGAIN = """
INSERT INTO {table} SELECT (jsonb_populate_record(r, jsonb_build_object(
    'visitor', md5(r.visitor::text || n)::uuid, 'session_id', md5(r.session_id::text || n)::uuid {more}))).*
FROM {table} r CROSS JOIN generate_series(1, $2::int) n WHERE r.project_id = $1
"""


@pytest.fixture(scope="module")
async def databases(postgres, template):
    async with fresh_databases(postgres) as made:
        yield made


@pytest.fixture(scope="module")
async def shops(databases):
    """The databases with two projects that have been visited, one with many more sessions than the other."""
    async with opened(databases) as bench:
        bench.second = (await new_project(databases)).project
        for project, seed in ((bench.project, 1), (bench.second, 2)):
            events = sorted(shop_visits(260, seed), key=lambda each: each["timestamp"])
            for start in range(0, len(events), 500):
                await append(bench.raw, project, events[start : start + 500])
        running = bench.start()
        await bench.caught_up()
        await running.end()
        yield bench


class Cluster:
    """A scheduler, and as many workers as are added, whose settings name the database."""

    def __init__(self, databases):
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self._environment = os.environ | {"GOODDATA_ANALYTICS_DSN": databases.analytics_dsn}
        self._started = []
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port))

    def add_worker(self):
        self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny")

    def _start(self, program, *rest):
        command = [sys.executable, "-m", f"distributed.cli.{program}", *rest, "--no-dashboard"]
        self._started.append(subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL))

    def end(self):
        for process in self._started:
            process.kill()
        for process in self._started:
            process.wait(20)


@pytest.fixture(scope="module")
def cluster(databases):
    """With one worker, of one core."""
    made = Cluster(databases)
    made.add_worker()
    yield made
    made.end()


async def test_a_cluster_of_one_core_does_the_work_itself(shops, cluster):
    assert "GOODDATA_ANALYTICS_DSN" not in os.environ
    order = Order("postgresql://nowhere.invalid/none", shops.second, MEMORY_MB)
    [(project, trained)] = [each async for each in fit_spread(cluster.address, [order])]
    assert project == shops.second
    assert isinstance(trained, Trained), trained


async def test_what_is_kept_trained_on_a_cluster_comes_to_the_same_models_as_here(shops, cluster):
    cluster.add_worker()
    keeping = asyncio.create_task(_keep_trained(shops.databases.analytics_dsn, scheduler=cluster.address))
    try:
        async with asyncio.timeout(150):
            while await shops.analytics.fetchval("SELECT count(DISTINCT project_id) FROM analytics.model") < 2:
                assert not keeping.done(), keeping.result()
                await asyncio.sleep(0.1)
    finally:
        keeping.cancel()
    rows = await shops.analytics.fetch("SELECT * FROM analytics.model WHERE task <> 'intent'")
    there = {
        (row["project_id"], row["task"]): (
            row["status"],
            row["trained_on"],
            row["features"],
            json.loads(row["metrics"]),
        )
        for row in rows
    }
    reports = await training.train_all(shops.databases.analytics_dsn)
    for report in reports:
        report.metrics.pop("compared", None)
    here = {
        (each.project, each.task): (
            *(each.status, each.trained_on, each.features),
            json.loads(json.dumps(each.metrics)),
        )
        for each in reports
        if each.task != "intent"
    }
    assert {project for project, _ in here} == {shops.project, shops.second}
    assert there == here
    assert here[shops.project, "conversion"][0] == "ready"


async def test_where_there_is_no_cluster_nothing_is_stored(shops):
    before = await shops.analytics.fetchval("SELECT count(*) FROM analytics.model")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "500ms"}),
        pytest.raises(ClusterUnavailable, match=r"no Dask scheduler can be used at tcp://127\.0\.0\.1:9"),
    ):
        await training.train_all(shops.databases.analytics_dsn, scheduler="tcp://127.0.0.1:9")
    assert await shops.analytics.fetchval("SELECT count(*) FROM analytics.model") == before


async def test_a_project_with_more_than_fits_into_memory_learns_from_its_newest_sessions(shops):
    project, connection = shops.second, await asyncpg.connect(shops.databases.analytics_dsn)
    sessions, facts = await connection.fetchrow(
        "SELECT count(*), sum(events) FROM analytics.session WHERE project_id = $1", project
    )
    wanted = facts_within(MEMORY_MB)
    assert wanted > _LEAST_FACTS
    more = int(3 * wanted // facts)
    await connection.execute(AGAIN.format(table="analytics.session", more=""), project, more)
    event = ", 'event_id', md5(r.event_id::text || n)::uuid, 'path', '/' || repeat('tea', 100)"
    await connection.execute(AGAIN.format(table="analytics.event", more=event), project, more)
    await connection.close()
    reports = await training.train_all(shops.databases.analytics_dsn, project, MEMORY_MB)
    learned = {each.task: each.metrics for each in reports}["conversion"]
    assert not any((each.reason or "").startswith("the training failed") for each in reports), reports[0].reason
    assert learned["there_were"]["sessions"] == sessions * (more + 1)
    assert 200 < learned["sessions"] < learned["there_were"]["sessions"] / 2
    newest = await shops.analytics.fetchval("SELECT max(last_at) FROM analytics.session WHERE project_id = $1", project)
    assert learned["learned_until"] == newest.isoformat(timespec="milliseconds")
