"""Which version is in use, on real databases; when somebody is erased meanwhile; when a training fails."""

import asyncio
import sys

import httpx
import pytest

from gooddata.intelligence import training
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.training import train as module
from gooddata.intelligence.training.apart import fit_apart
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement
from tests.integration.test_erasure import erase_person
from tests.integration.test_training import append_all, shop_visits
from tests.integration.workbench import opened

COLUMNS = (
    "version, status, role, reason, decided_because, estimator IS NOT NULL AS kept, erased_since IS NOT NULL AS erased"
)


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        await append_all(made, shop_visits(400))
        made.start()
        await made.caught_up()
        yield made


async def conversions(bench):
    return await bench.analytics.fetch(
        f"SELECT {COLUMNS} FROM analytics.model WHERE task = 'conversion' ORDER BY version"
    )


async def in_use(bench):
    connection = await open_connection(bench.databases.analytics_dsn, "gooddata_worker")
    try:
        models = Models()
        await models.refresh(connection)
        return models.of(bench.project, "conversion")
    finally:
        await connection.close()


async def due(bench):
    [row] = await bench.analytics.fetch(statement("gooddata.intelligence.training", "due"), "conversion")
    return row


async def a_visitor(bench, place):
    """One whose sessions were learned from: their name as it was sent."""
    bodies = await bench.raw.fetch("SELECT visitor FROM raw.events ORDER BY timestamp OFFSET $1 LIMIT 1", place)
    return bodies[0]["visitor"]


async def test_a_new_version_waits_until_it_is_better_and_takes_over_when_somebody_is_erased(bench, processes):
    said = []
    [first, *_] = await training.train_all(
        bench.databases.analytics_dsn, tell=lambda project, stage: said.append((project, stage))
    )
    assert (first.in_use, first.because) == (True, "it is the first")
    assert next(stage for project, stage in said if project == bench.project) == "reading sessions"
    assert (bench.project, "fitting leave_page") in said
    [again, *_] = await training.train_all(bench.databases.analytics_dsn)
    assert (again.version, again.in_use) == (2, False)
    assert again.because.startswith("too few sessions began since version 1 learned: 0, and it came true in 0")
    assert "not used: too few sessions" in training.in_words(again)
    assert [row["role"] for row in await conversions(bench)] == ["champion", "challenger"]
    assert (await in_use(bench)).version == 1

    server = await processes.serve(role=("serve",))
    await bench.analytics.execute(
        "INSERT INTO control.key (key_hash, project_id, scope) VALUES (sha256(convert_to($1, 'UTF8')), $2, 'read')",
        "gr_of_this_test",
        bench.project,
    )
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": "Bearer gr_of_this_test"}) as http:
        told = {model["task"]: model for model in (await http.get("/api/models")).json()["models"]}
        conversion = told["conversion"]
        assert (conversion["version"], conversion["decided_because"]) == (1, "it is the first")
        assert (conversion["challenger"]["version"], conversion["challenger"]["decided_because"]) == (2, again.because)
        assert conversion["realised"] is None and conversion["drift"] is None
        assert [(each["version"], each["role"]) for each in conversion["versions"]] == [
            (2, "challenger"),
            (1, "champion"),
        ]
        assert [each["auc"] for each in conversion["versions"]] == [
            conversion["challenger"]["auc"],
            conversion["metrics"]["auc"],
        ]
        assert conversion["versions"][1]["auc_interval"] == conversion["metrics"]["auc_interval"]
        assert conversion["metrics"]["importance"]["features"][0]["meaning"]
        assert all(each["sessions"] <= each["count"] for each in conversion["metrics"]["calibration"])
        card = await http.get("/api/models/conversion/2/card")
        assert card.headers["content-type"].startswith("text/markdown")
        assert card.text.startswith("# conversion, version 2 (not in use)") and again.because[1:] in card.text
        assert (await http.get("/api/models/conversion/9/card")).status_code == 404
    asked = ("model", "card", "conversion", "--project", bench.project)
    printed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gooddata", *asked, env=processes.environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await printed.communicate()
    assert output.decode().startswith("# conversion, version 1 (in use)")

    await erase_person(bench.databases, bench.project, visitor=await a_visitor(bench, 300))
    assert all(row["erased"] for row in await conversions(bench)) and (await due(bench))["erased"]
    [fresh, *_] = await training.train_all(bench.databases.analytics_dsn)
    assert fresh.in_use and fresh.because == "version 1 had learned from somebody who has been erased since"
    rows = await conversions(bench)
    assert [(row["role"], row["kept"]) for row in rows] == [("former", False), ("former", False), ("champion", True)]
    assert (await in_use(bench)).version == 3
    assert not (await due(bench))["erased"]


async def test_who_is_erased_while_models_are_fitted_is_in_none_that_is_stored(bench, monkeypatch):
    """Somebody is erased when the sessions have been read: what was fitted is thrown away, and fitted anew."""
    counts, stages = [], []

    async def fitted_and_then_erased(order, tell):
        came = await fit_apart(order, tell)
        counts.append(came.versions["conversion"].metrics["sessions"])
        # Fitting took longer than a second: no transaction was open, and it is this project's turn alone.
        assert await open_transactions(bench) == 0
        assert not await bench.analytics.fetchval("SELECT pg_try_advisory_lock(7013047, hashtext($1))", bench.project)
        if len(counts) == 1:
            await erase_person(bench.databases, bench.project, visitor=await a_visitor(bench, 300))
        return came

    monkeypatch.setattr(module, "fit_apart", fitted_and_then_erased)
    reports = await training.train_all(bench.databases.analytics_dsn, tell=lambda project, stage: stages.append(stage))
    assert len(counts) == 2 and counts[1] < counts[0]
    assert stages.count("somebody was erased meanwhile: again") == 1
    assert reports[0].version == 1 and reports[0].metrics["sessions"] == counts[1]
    [row] = await conversions(bench)
    assert not row["erased"] and not (await due(bench))["erased"]
    assert await bench.analytics.fetchval("SELECT pg_try_advisory_lock(7013047, hashtext($1))", bench.project)


async def test_a_training_that_needs_too_much_memory_fails_alone_and_waits(bench):
    await training.train_all(bench.databases.analytics_dsn)
    [failed, *_] = await training.train_all(bench.databases.analytics_dsn, memory_mb=64)
    assert not failed.in_use and failed.because == "its training failed, and what was in use stays so"
    assert "the 64 MB that it may take (GOODDATA_TRAINING_MB)" in failed.reason
    assert (await in_use(bench)).version == 1 and (await in_use(bench)).predictor is not None
    row = await due(bench)
    assert row["failed"] and row["waits"] and not training.watch.is_due(row)
    told = await bench.analytics.fetchrow("SELECT failures, failed_because FROM analytics.training")
    assert told["failures"] == 1 and told["failed_because"] in failed.reason
    assert len(await conversions(bench)) == 2
    # What may have learned from the erased goes, also where nothing can be fitted in its place.
    await erase_person(bench.databases, bench.project, visitor=await a_visitor(bench, 300))
    [failed, *_] = await training.train_all(bench.databases.analytics_dsn, memory_mb=64)
    assert failed.in_use and (await in_use(bench)).predictor is None
    assert "the training failed" in (await in_use(bench)).reason
    assert (await due(bench))["erased"], "it is still to be trained"


async def open_transactions(bench):
    """Of whoever trains: workers of this test have short ones of their own."""
    return await bench.analytics.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND xact_start < now() - interval '1 second'"
    )
