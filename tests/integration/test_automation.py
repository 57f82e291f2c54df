"""From stored events to sessions that are likely programs', behind the API; and nothing of who is erased."""

import asyncio
import random
from datetime import UTC, datetime

import httpx
import pytest

from gooddata.intelligence.automated.keep import keep_as_of
from gooddata.intelligence.erasure.erase import erase_from_analytics
from gooddata.intelligence.erasure.whom import Whom
from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.standing import JOBS
from gooddata.intelligence.uniques.recount import lock_sketches
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.workbench import MINUTE, PSEUDONYMS, connected, erase_visitors, event, now, opened, page

HOUR = 60 * MINUTE


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


@pytest.fixture
async def worker(bench):
    async with connected(bench, "gooddata_worker") as connection:
        yield connection


def people(number):
    rng = random.Random(1)
    for person in range(number):
        at = now() - HOUR - int(rng.random() * 20 * HOUR)
        for place in range(rng.randint(1, 4)):
            yield page(at + place * MINUTE, f"person {person}", f"/{rng.randint(1, 20)}")
            yield event(
                at + place * MINUTE + 20_000, f"person {person}", "$engagement", properties={"engaged_ms": 9_000}
            )


def crawler(visitor="crawler", at=None, pages=40, **fields):
    return [page((at or now() - 2 * HOUR) + n * 600, visitor, f"/c/{n}", **fields) for n in range(pages)]


async def said(bench):
    rows = await bench.analytics.fetch(
        "SELECT * FROM analytics.automation WHERE project_id = $1 ORDER BY score DESC, session_id", bench.project
    )
    return {row["visitor"]: row for row in rows}


async def test_programs_are_told_with_reasons_kept_up_to_date_and_forgotten_with_who_is_erased(
    bench, worker, processes
):
    [job] = [job for job in JOBS if job.name == "automation"]
    agent = {"userAgent": "Mozilla/5.0 (compatible; examplebot/1.0; +https://example.org/bot)"}
    shop = await new_project(bench.databases)
    bench.project = shop.project
    bench.start()
    declared = crawler("declared", context=agent)
    await append(bench.raw, bench.project, [*people(230), *crawler(), *declared])
    await bench.caught_up()
    young = await new_project(bench.databases)
    await do_once(bench.databases.analytics_dsn, job)

    found = await said(bench)
    who = PSEUDONYMS.visitor(bench.project, "crawler")
    assert len(found) == 232
    assert found[who]["likely"] and not found[who]["declared"]
    assert found[PSEUDONYMS.visitor(bench.project, "declared")]["declared"]
    assert sum(row["likely"] for row in found.values()) <= 8

    server = await processes.serve(role=("serve",))
    async with httpx.AsyncClient(base_url=server.url) as http:

        async def ask(project):
            headers = {"Authorization": f"Bearer {project.read_key}"}
            models = (await http.get("/api/models", headers=headers)).json()["models"]
            assert [(model["task"], model["decided_because"]) for model in models] == (
                [("automation", "it is the first")] if project is shop else []
            )
            return (await http.get("/api/automation", params={"project": project.project}, headers=headers)).json()

        told = await ask(shop)
        assert (told["sessions"], told["declared"], told["reason"]) == (232, 1, None)
        assert told["share"] == (told["declared"] + told["likely"]) / 232
        first = told["examples"][0]
        assert first["visitor"] == who.hex[:8]
        assert first["reasons"][0]["text"].startswith("40 pages")
        assert told["model"]["sessions"] == 232
        nothing = await ask(young)
        assert (nothing["sessions"], nothing["share"]) == (0, None)
        assert nothing["reason"] == "needs 200 sessions of the last 28 days; there are 0"

    # Somebody who was one page long goes on as a crawler; nothing else is looked at again.
    looked_at = await said(bench)
    await append(bench.raw, bench.project, crawler("late", now() - 5 * MINUTE, 1))
    await bench.caught_up()
    await do_once(bench.databases.analytics_dsn, job)
    late = PSEUDONYMS.visitor(bench.project, "late")
    before = (await said(bench))[late]
    await append(bench.raw, bench.project, crawler("late", now() - 4 * MINUTE, 40))
    await bench.caught_up()
    await do_once(bench.databases.analytics_dsn, job)
    after = await said(bench)
    assert before["score"] < 0.6 < after[late]["score"]
    assert after[who] == looked_at[who]
    assert await models(bench) == 1

    receipt = await erase_visitors(bench, bench.project, who)
    assert receipt["automation"] == 1
    assert who not in await said(bench)
    # Who is erased is learned from no longer: the model is fitted anew.
    await do_once(bench.databases.analytics_dsn, job)
    assert who not in await said(bench)
    assert await models(bench) == 2
    await do_once(bench.databases.analytics_dsn, job)
    assert await models(bench) == 2
    # And after six hours, when there is nothing yet that the one in use has not seen: it stays in use.
    await keep_as_of(worker, bench.project, now() + 7 * HOUR)
    rows = await bench.analytics.fetch(
        "SELECT role, decided_because FROM analytics.model WHERE task = 'automation' ORDER BY version"
    )
    assert [row["role"] for row in rows] == ["former", "champion", "challenger"]
    assert "somebody who has been erased since" in rows[1]["decided_because"]
    assert rows[2]["decided_because"].startswith("too few sessions since version 2 learned")


async def models(bench):
    return await bench.analytics.fetchval(
        "SELECT count(*) FROM analytics.model WHERE project_id = $1 AND task = 'automation'", bench.project
    )


async def test_what_was_read_before_an_erasure_is_not_written_after_it(bench, worker):
    bench.start()
    await append(bench.raw, bench.project, [*people(230), *crawler()])
    await bench.caught_up()
    who = PSEUDONYMS.visitor(bench.project, "crawler")
    operator = await open_connection(bench.databases.analytics_dsn, "gooddata_operator")
    await use_milliseconds(operator)
    async with operator.transaction():
        await lock_sketches(operator)
        # It learns from the crawler, too, and waits before it writes.
        looking = asyncio.create_task(keep_as_of(worker, bench.project, now()))
        while not await bench.analytics.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ):
            assert not looking.done()
            await asyncio.sleep(0.02)
        await erase_from_analytics(operator, bench.project, Whom(set(), {who}), now())
    await operator.close()
    await looking
    assert (await said(bench), await models(bench)) == ({}, 0)
    await keep_as_of(worker, bench.project, now())
    assert len(await said(bench)) == 230 and who not in await said(bench)


async def test_what_is_said_of_a_session_goes_with_it(bench, worker):
    at = datetime.now(UTC)
    await bench.analytics.execute(
        "INSERT INTO analytics.automation "
        "SELECT $1, gen_random_uuid(), gen_random_uuid(), $2, 1, 0, false, false, '[]'",
        bench.project,
        at,
    )
    delete = statement("gooddata.persistence.retention", "delete_scores")
    operator = await open_connection(bench.databases.analytics_dsn, "gooddata_operator")
    await operator.execute(delete, bench.project, at)
    assert len(await said(bench)) == 1
    await operator.execute(delete, None, datetime.now(UTC))
    assert await said(bench) == {}
    await operator.close()
