"""What is past its term goes, by windows and by project, and nothing else does."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from gooddata.eventlog.postgres import PostgresLog
from gooddata.persistence.retention.keep import end_what_is_due
from gooddata.persistence.retention.terms import put_term
from tests.conftest import new_project
from tests.integration.appended import append, append_body, body_of
from tests.integration.site import opened_site
from tests.integration.workbench import MINUTE, event, now, opened, page

DAY = 24 * 60 * MINUTE


def in_days(days):
    return datetime.now(UTC) + timedelta(days=days)


async def end(bench, days=0):
    return await end_what_is_due(bench.databases.raw_dsn, bench.databases.analytics_dsn, in_days(days))


def encoded(groups):
    return msgspec.json.encode(groups).decode()


async def raw_projects(bench):
    return {row[0] for row in await bench.raw.fetch("SELECT DISTINCT project_id FROM raw.events")}


async def count(bench, table):
    return await bench.analytics.fetchval(f"SELECT count(*) FROM analytics.{table}")


async def test_raw_goes_by_the_week_once_it_is_applied_and_the_log_goes_on(databases):
    async with opened(databases) as bench:
        await put_term(bench.analytics, None, "raw", 30)
        await append(bench.raw, bench.project, [event(now(), f"v{n}") for n in range(20)])
        assert not await end(bench, 60), "no worker has read it"
        assert not await end(bench, 20)
        bench.start()
        await bench.caught_up()

        ended = await end(bench, 60)

        assert len(ended.windows) >= 1 and all(name.startswith("batch_2") for name in ended.windows)
        assert await raw_projects(bench) == set()
        gone = await bench.raw.fetchval("SELECT count(*) FROM raw.batch_window WHERE dropped_at IS NOT NULL")
        assert gone == len(ended.windows)
        assert await count(bench, "event") == 20
        [audited] = await bench.raw.fetch("SELECT action, detail FROM raw.audit")
        assert audited["action"] == "retention" and json.loads(audited["detail"])["windows"] == ended.windows
        assert not await end(bench, 60)
        # The window of today is gone: what comes now has a place all the same, and is read.
        await append(bench.raw, bench.project, [event(now(), "later")])
        await bench.caught_up()
        assert await count(bench, "event") == 21
        assert await bench.raw.fetchval("SELECT count(*) FROM raw.batch_other") == 1
        assert (await end(bench, 60)).windows == ["batch_other"]


async def test_a_project_with_a_shorter_term_is_taken_out_of_the_batches_it_shares(databases):
    async with opened(databases) as bench:
        brief = (await new_project(databases)).project
        await put_term(bench.analytics, brief, "raw", 30)
        kept = json.loads(body_of([event(now(), "v", properties={"said": f'"project":"{brief}"'})], bench.project))
        shared = kept + json.loads(body_of([event(now(), "v"), event(now(), "w")], brief))
        await append_body(bench.raw, 0, encoded(shared), 3)
        await append_body(bench.raw, 1, encoded(kept), 1)
        assert not await end(bench, 60), "no worker has read it"
        bench.start()
        await bench.caught_up()

        ended = await end(bench, 60)

        assert (ended.windows, ended.rows) == ([], {"raw": {brief: 2}})
        assert await raw_projects(bench) == {bench.project}
        assert json.loads(await bench.raw.fetchval("SELECT body FROM raw.batch WHERE partition = 0")) == kept
        assert await bench.raw.fetchval("SELECT body FROM raw.batch WHERE partition = 1") == encoded(kept).encode()
        assert await bench.raw.fetchval("SELECT events FROM raw.batch WHERE partition = 0") == 1
        assert not await end(bench, 60)


async def test_analytics_goes_by_windows_under_workers_that_go_on(databases):
    async with opened(databases) as bench:
        old = now() - 20 * DAY
        await append(bench.raw, bench.project, [page(old, "old"), page(now() - DAY, "new"), page(now(), "new")])
        bench.start()
        await bench.caught_up()
        await put_term(bench.analytics, None, "events", 10)

        ended = await end(bench)

        assert [name.split("_")[0] for name in ended.windows] == ["event"]
        assert await count(bench, "event") == 2
        assert await count(bench, "session") == 3
        before = await bench.analytics.fetchval("SELECT sum(events) FROM analytics.rollup_day WHERE dimension = ''")
        assert before == 3
        # An import that is older than the term: it is counted, stored, and goes with the next round of retention.
        await append(bench.raw, bench.project, [page(old + MINUTE, "import"), page(now(), "new")])
        await bench.caught_up()
        assert await count(bench, "event") == 4
        assert await count(bench, "unreadable") == 0
        assert (await end(bench)).windows == ended.windows
        assert await count(bench, "event") == 3


async def test_sessions_go_with_their_scores_and_counts_by_a_term_of_their_own(databases):
    async with opened(databases) as bench:
        brief = (await new_project(databases)).project
        for project in (bench.project, brief):
            await append(bench.raw, project, [page(now() - 3 * DAY), page(now())])
        bench.start()
        await bench.caught_up()
        for kind in ("sessions", "counts"):
            await put_term(bench.analytics, brief, kind, 2)
        await bench.analytics.execute("UPDATE analytics.score SET computed_at = now() - interval '3 days'")

        ended = await end(bench)

        assert ended.rows == {
            kind: {brief: rows} for kind, rows in (("sessions", 1), ("counts", ended.rows["counts"][brief]))
        }
        assert await bench.analytics.fetch(
            "SELECT project_id = $1, count(*) FROM analytics.session GROUP BY 1 ORDER BY 1", brief
        ) == [(False, 2), (True, 1)]
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.score WHERE project_id = $1", brief) == 0
        assert await bench.analytics.fetchval(
            "SELECT min(hour) > now() - interval '2 days' FROM analytics.rollup_hour WHERE project_id = $1", brief
        )
        assert not await end(bench)
        await put_term(bench.analytics, None, "sessions", 2)
        await put_term(bench.analytics, bench.project, "sessions", None)
        assert not await end(bench), "its own term is for ever"
        # Workers go on with sessions that are left.
        await append(bench.raw, brief, [page(now())])
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT events FROM analytics.session WHERE project_id = $1", brief) == 2


async def test_what_is_being_read_is_not_waited_for(databases):
    async with opened(databases) as bench:
        await put_term(bench.analytics, None, "raw", 30)
        await append(bench.raw, bench.project, [event(now())])
        bench.start()
        await bench.caught_up()
        reader = await asyncpg.connect(databases.raw_dsn)
        async with reader.transaction():
            await reader.fetch("SELECT count(*) FROM raw.batch")
            ending = asyncio.create_task(end(bench, 60))
            await asyncio.sleep(0.1)
            await asyncio.wait_for(append(bench.raw, bench.project, [event(now())]), 5)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await ending
        await reader.close()
        await bench.caught_up()
        assert (await end(bench, 60)).windows


async def test_a_reader_of_analytics_is_not_waited_for_either_and_workers_go_on(databases):
    async with opened(databases) as bench:
        await append(bench.raw, bench.project, [page(now() - 20 * DAY, "old")])
        bench.start()
        await bench.caught_up()
        await put_term(bench.analytics, None, "events", 10)
        reader = await asyncpg.connect(databases.analytics_dsn)
        async with reader.transaction():
            await reader.fetch("SELECT count(*) FROM analytics.event")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await asyncio.wait_for(end(bench), 10)
            await append(bench.raw, bench.project, [page(now(), "new")])
            await bench.caught_up()
        await reader.close()
        assert await count(bench, "event") == 2
        assert (await end(bench)).windows


async def test_a_batch_that_a_wrong_clock_has_dated_back_is_not_skipped(databases):
    async with opened(databases) as bench:
        log = await PostgresLog.open(databases.raw_dsn, "gooddata_worker")
        for _ in range(2):
            await append_body(bench.raw, 0, body_of([event(now())], bench.project), 1)
        assert [batch.seq for batch in await log.read(0, 0)] == [1, 2]
        seen = []
        for back in (0, 30, 0, 15, 0):
            seq = await append_body(bench.raw, 0, body_of([event(now())], bench.project), 1)
            await bench.raw.execute(
                "UPDATE raw.batch SET received_at = received_at - $2 * interval '1 day' WHERE seq = $1", seq, back
            )
            if back:
                continue
            seen += [batch.seq for batch in await log.read(0, 2 + len(seen))]
        assert seen == [3, 4, 5, 6, 7]
        await log.close()


async def test_owners_set_terms_and_see_them(processes, databases):
    async with opened_site(processes, databases, "work") as site:
        await site.send({"type": "track", "name": 5}, event(now()))
        await site.settled()
        assert "nothing is past" in site.command("retention", "apply")
        assert "for 30 days" in site.command("retention", "set", "raw", "30d")
        assert site.shop.project in site.command("retention", "set", "rejected", "7d", "--project", site.shop.project)
        shown = json.loads(site.command("retention", "show", "--json"))
        assert shown["others"] == {"raw": 30}
        assert shown["projects"][site.shop.project]["rejected"] == 7
        assert "for ever" in site.command("retention", "show")
        await site.raw("UPDATE raw.rejection SET received_at = received_at - interval '8 days'")
        assert json.loads(site.command("retention", "apply", "--json"))["rows"] == {"rejected": {"": 1}}
        site.command("retention", "set", "rejected", "usual", "--project", site.shop.project)
        assert (
            json.loads(site.command("retention", "show", "--json"))["projects"][site.shop.project]["rejected"] is None
        )

        assert "no project" in site.command("retention", "set", "raw", "7d", "--project", "none", refused=True)
        assert "not as '7'" in site.command("retention", "set", "raw", "7", refused=True)
        assert "2 to 36,500 days" in site.command("retention", "set", "raw", "1d", refused=True)
