"""A person erased from everything, with a worker at work, and kept out afterwards."""

import asyncio
import json
import signal
import tempfile
import uuid
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from gooddata.errors import CursorMoved
from gooddata.intelligence.erasure.everywhere import erase
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.lease.leases import Leases
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.apply import apply
from gooddata.intelligence.results.round import Reader
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.scoring.tasks import CONVERSION
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.intelligence.training import train_all
from gooddata.intelligence.training.fit_all import TRAINED
from gooddata.intelligence.training.watch import is_due
from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.operator import operating
from gooddata.persistence.pool import open_connection
from gooddata.serving.feedback import Feedback
from gooddata.serving.holdouts import Holdouts
from gooddata.sql import statement
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.site import opened_site, unserved_site
from tests.integration.workbench import MINUTE, PSEUDONYMS, event, now, opened

COUNTS = ("events", "pageviews", "sessions", "bounces", "conversions", "revenue", "engaged_ms")


@pytest.fixture
async def site(processes, databases):
    async with opened_site(processes, databases, "work") as made:
        yield made


def seen(visitor, at, name="Product Viewed", **fields):
    page = {"path": "/lamp", "title": "Lamp"}
    return {
        "id": str(uuid.uuid4()),
        "type": "track",
        "name": name,
        "visitor": visitor,
        "timestamp": at,
        "context": {"page": page},
        "properties": {"product_id": "lamp", "price": 12.5},
    } | fields


def erased(site, *arguments):
    return json.loads(site.command("erase", "--project", site.shop.project, *arguments, "--json"))


async def raw_visitors(site):
    return {row["visitor"] for row in await site.raw("SELECT DISTINCT visitor FROM raw.events")}


async def rollup(site):
    rows = await site.analytics(
        f"SELECT project_id, dimension, minute, value, {', '.join(COUNTS)} FROM analytics.rollup_minute"
    )
    return {tuple(row)[:4]: tuple(row)[4:] for row in rows}


def dump(dsn):
    """All that is in the tables of a database, as text and as bytes in hexadecimal."""

    async def tables():
        connection = await asyncpg.connect(dsn)
        try:
            names = await connection.fetch(
                "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
                "WHERE schemaname IN ('raw', 'analytics', 'control')"
            )
            texts = []
            for (name,) in names:
                texts += [row[0] for row in await connection.fetch(f"SELECT t::text FROM {name} t")]
            return "\n".join(texts)
        finally:
            await connection.close()

    return tables()


def is_in(text, name):
    return name in text or name.encode().hex() in text


async def test_a_visitor_is_erased_and_others_are_as_if_they_had_never_come(site):
    at = now() - 90 * MINUTE
    gone, stays = f"gone-{uuid.uuid4()}", f"stays-{uuid.uuid4()}"
    # The same requests hold events of both; the second visit is an order.
    others = [seen(stays, at), seen(stays, at + MINUTE, type="page", name=None)]
    await site.send(others[0], seen(gone, at), others[1], seen(gone, at + 50 * MINUTE, "Order Completed"))
    await site.send(seen(gone, at + 51 * MINUTE), {"type": "nonsense", "visitor": gone, "id": "x"})
    await site.settled()
    assert {gone, stays} <= await raw_visitors(site)

    receipt = erased(site, "--visitor", gone)

    assert receipt["raw"] == {"events": 3, "batches": receipt["raw"]["batches"], "rejections": 1}
    assert receipt["analytics"]["events"] == 3
    assert receipt["analytics"]["sessions"] == 2
    assert await raw_visitors(site) == {stays}
    await site.settled()
    for dsn in (site.databases.raw_dsn, site.databases.analytics_dsn):
        text = await dump(dsn)
        assert not is_in(text, gone)
    assert is_in(await dump(site.databases.raw_dsn), stays)

    # What is left equals what a project holds that only the other visitor came to.
    left = await rollup(site)
    twin = await new_project(site.databases)
    answer = await site.http.post("/v1/batch", json={"writeKey": twin.write_key, "batch": others})
    assert answer.json()["accepted"] == 2
    await site.settled()
    expected = {
        (site.shop.project, *key[1:]): counts for key, counts in (await rollup(site)).items() if key[0] == twin.project
    }
    assert left == expected

    again = erased(site, "--visitor", gone)
    assert not any(again["raw"].values())
    assert not any(again["analytics"].values())


async def test_what_is_dated_before_an_erasure_does_not_come_back(site):
    visitor = str(uuid.uuid4())
    before = [seen(visitor, now() - MINUTE) for _ in range(3)]
    assert (await site.send(*before))["accepted"] == 3
    erased(site, "--visitor", visitor)

    receipt = await site.send(*before, seen("somebody else", now() - MINUTE))
    assert (receipt["accepted"], receipt["dropped"]) == (1, 3)
    assert (await site.ledger())["dropped"] == {"erased": 3}
    # Who comes back is somebody new, under the same id.
    assert (await site.send(seen(visitor, now())))["accepted"] == 1
    assert await raw_visitors(site) == {visitor, "somebody else"}
    # An import of an old export is no way in either.
    as_import = {"Authorization": f"Bearer {site.shop.read_key}", "X-GoodData-Import": "1"}
    answer = await site.http.post("/v1/batch", json={"batch": before}, headers=as_import)
    assert (answer.json()["accepted"], answer.json()["dropped"]) == (0, 3)
    assert len(await site.raw("SELECT FROM raw.events WHERE visitor = $1", visitor)) == 1


async def test_a_server_that_starts_later_knows_who_is_erased(site, processes):
    visitor = str(uuid.uuid4())
    event = seen(visitor, now() - MINUTE)
    await site.send(event)
    erased(site, "--visitor", visitor)

    server = await processes.serve(role=("ingest",))
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.post("/v1/batch", json={"writeKey": site.shop.write_key, "batch": [event]})
    assert (answer.json()["accepted"], answer.json()["dropped"]) == (0, 1)


async def test_a_user_goes_with_the_visitors_that_are_theirs(site):
    at = now() - 600 * MINUTE
    phone, shared, other = (f"{name}-{uuid.uuid4()}" for name in ("phone", "shared", "other"))
    jane = f"jane-{uuid.uuid4()}"
    await site.send(
        seen(phone, at),
        seen(phone, at + MINUTE, type="identify", name=None, user=jane, traits={"email": "jane@example.com"}),
        # A computer that a family uses: Jane signs in for one visit of three.
        seen(shared, at + 60 * MINUTE, user="john"),
        seen(shared, at + 120 * MINUTE, user=jane),
        seen(shared, at + 121 * MINUTE),
        seen(shared, at + 240 * MINUTE, user="john"),
        seen(other, at),
        # What a server says of her, without a browser.
        seen(None, at, "Invoice Paid", user=jane),
    )
    await site.settled()

    receipt = erased(site, "--user", jane)

    assert receipt["raw"]["events"] == 5
    assert receipt["analytics"]["events"] == 5
    rows = await site.raw('SELECT visitor, "user" FROM raw.events ORDER BY timestamp')
    assert [tuple(row) for row in rows] == [(other, None), (shared, "john"), (shared, "john")]
    await site.settled()
    text = await dump(site.databases.raw_dsn)
    assert not is_in(text, jane)
    assert not is_in(text, phone)
    assert len(await site.analytics("SELECT FROM analytics.session")) == 3
    again = erased(site, "--user", jane)
    assert not any(again["raw"].values())
    assert not any(again["analytics"].values())


async def test_nothing_slips_through_while_events_pour_in(site, processes):
    """Two nodes take in a person's events all the while; what is dated before the erasure is gone from everywhere."""
    second = await processes.serve(role=("ingest",))
    visitor = str(uuid.uuid4())
    stop = asyncio.Event()

    async def pour(url):
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            while not stop.is_set():
                events = [seen(visitor, now() - MINUTE), seen(str(uuid.uuid4()), now() - MINUTE)]
                answer = await http.post("/v1/batch", json={"writeKey": site.shop.write_key, "batch": events})
                assert answer.status_code == 200, answer.text

    pouring = [asyncio.create_task(pour(url)) for url in (str(site.http.base_url), second.url)]
    await asyncio.sleep(1)
    receipt = json.loads(
        await asyncio.to_thread(site.command, "erase", "--project", site.shop.project, "--visitor", visitor, "--json")
    )
    await asyncio.sleep(1.5)
    stop.set()
    await asyncio.gather(*pouring)
    await site.settled()

    assert receipt["raw"]["events"] > 10
    until = "timestamptz '" + receipt["erased_until"] + "'"
    # Those who pour are a minute behind: all that came since the erasure began is dated before it.
    assert await site.raw(f"SELECT FROM raw.events WHERE visitor = $1 AND timestamp <= {until}", visitor) == []
    stored = (await site.raw("SELECT count(*) FROM raw.events"))[0][0]
    assert stored == (await site.analytics("SELECT count(*) FROM analytics.event"))[0][0]
    assert (await site.ledger())["dropped"]["erased"] > 10
    assert (await site.ledger())["stored"] == stored + receipt["raw"]["events"]


async def test_an_erasure_is_written_down(site):
    visitor = str(uuid.uuid4())
    await site.send(seen(visitor, now()))
    receipt = erased(site, "--visitor", visitor)

    [entry] = await site.raw("SELECT actor, action, project_id, subject, detail FROM raw.audit WHERE action = 'erase'")
    assert entry["project_id"] == site.shop.project
    assert str(entry["subject"]) == receipt["subject"]
    assert json.loads(entry["detail"]) == receipt
    assert "@" in entry["actor"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--project", "shop"), "--visitor or by --user"),
        (("--project", "nowhere", "--visitor", "v"), "there is no project 'nowhere'"),
        (("--project", "shop", "--visitor", ""), "is empty"),
    ],
)
async def test_who_asks_in_vain_is_told_why(processes, databases, arguments, said):
    async with unserved_site(processes, databases) as site:
        assert said in site.command("erase", *arguments, refused=True)


async def test_a_worker_that_had_read_what_is_erased_does_not_write_it(databases):
    async with opened(databases) as bench:
        visitor = str(uuid.uuid4())
        await append(bench.raw, bench.project, [event(now() - MINUTE, visitor), event(now() - MINUTE, "other")])
        worker = await open_connection(databases.analytics_dsn, "gooddata_worker")
        await use_milliseconds(worker)
        leases = await Leases.join(worker, bench.log.partitions, 10.0)
        goals = Goals()
        reader = Reader(bench.log, Extractor(PSEUDONYMS, goals), goals, worker, 100)
        reader.reset(await leases.keep())
        had_read = await reader.next_round()
        assert len(had_read.facts) == 2

        receipt = await erase_person(databases, bench.project, visitor=visitor)
        assert receipt.raw["events"] == 1
        with pytest.raises(CursorMoved):
            await apply(worker, had_read, Memory(10), Models())
        await leases.leave()
        await worker.close()
        bench.start()
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 1


async def test_models_that_may_have_learned_from_the_erased_are_trained_again(databases):
    async with opened(databases) as bench:
        visitor = str(uuid.uuid4())
        at = now() - 180 * MINUTE
        await append(bench.raw, bench.project, [event(at, visitor), event(at, "other"), event(at, "third")])
        bench.start()
        await bench.caught_up()
        await train_all(databases.analytics_dsn, bench.project)
        # As if there had been enough of them.
        await bench.analytics.execute("UPDATE analytics.model SET status = 'ready', reason = NULL, estimator = ''")

        receipt = await erase_person(databases, bench.project, visitor=visitor)
        assert receipt.analytics["models_to_retrain"] == len(TRAINED)
        async with due_rows(databases) as rows:
            assert [is_due(row) for row in rows if row["project_id"] == bench.project] == [True]
        await train_all(databases.analytics_dsn, bench.project)
        async with due_rows(databases) as rows:
            assert [is_due(row) for row in rows if row["project_id"] == bench.project] == [False]


@asynccontextmanager
async def due_rows(databases):
    connection = await open_connection(databases.analytics_dsn, "gooddata_worker")
    try:
        yield await connection.fetch(statement("gooddata.intelligence.training", "due"), CONVERSION.name)
    finally:
        await connection.close()


async def erase_person(databases, project, visitor=None, user=None):
    analytics = await open_connection(databases.analytics_dsn, "gooddata_operator")
    await use_milliseconds(analytics)
    try:
        async with operating(databases.raw_dsn) as raw:
            with tempfile.TemporaryDirectory() as folder:
                kept = KeptTombstones(Path(folder) / "tombstones.ndjson")
                return await erase(raw, analytics, PSEUDONYMS, kept, project, visitor=visitor, user=user)
    finally:
        await analytics.close()


async def test_a_restored_backup_does_not_bring_anybody_back(site):
    """Both databases come back as they were before the erasure, its tombstones lost with it."""
    at = now() - 60 * MINUTE
    gone, jane = f"gone-{uuid.uuid4()}", f"jane-{uuid.uuid4()}"
    await site.send(seen(gone, at), seen("stays", at), seen(f"of {jane}", at, user=jane), seen("stays", at + MINUTE))
    await site.settled()
    for process in site.processes.started:
        process.send_signal(signal.SIGSTOP)
    backups = {dsn: await copied(dsn) for dsn in (site.databases.raw_dsn, site.databases.analytics_dsn)}
    for process in site.processes.started:
        process.send_signal(signal.SIGCONT)
    erased(site, "--visitor", gone)
    erased(site, "--user", jane)
    await site.settled()
    left = await rollup(site)
    site.processes.end()
    for dsn, tables in backups.items():
        await restored(dsn, tables)
    assert gone in await raw_visitors(site)

    removed = json.loads(site.command("erase", "--again", "--json"))[site.shop.project]

    assert (removed["raw_events"], removed["analytics_events"]) == (2, 2)
    assert await raw_visitors(site) == {"stays"}
    assert await rollup(site) == left
    assert await site.raw("SELECT FROM raw.tombstone") != []
    again = json.loads(site.command("erase", "--again", "--json"))[site.shop.project]
    assert {name for name, count in again.items() if count} == {"tombstones"}


async def copied(dsn):
    connection = await asyncpg.connect(dsn)
    tables = {}
    for (name,) in await connection.fetch(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace::regnamespace::text IN ('raw', 'analytics')"
    ):
        tables[name] = await connection.fetch(f"SELECT t::text FROM {name} t")
    await connection.close()
    return tables


async def restored(dsn, tables):
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    for name in tables:
        await connection.execute(f"TRUNCATE {name} CASCADE")
    for name, rows in tables.items():
        for (text,) in rows:
            await connection.execute(
                f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT (t.*) FROM (SELECT ($1::text::{name}).*) t", text
            )
    await connection.close()


async def test_serving_forgets_the_scores_that_it_quotes(databases):
    async with opened(databases) as bench:
        visitor = str(uuid.uuid4())
        await append(bench.raw, bench.project, [event(now(), visitor), event(now(), "other")])
        feedback = Feedback(databases.analytics_dsn, Holdouts(None, {}))
        listening = asyncio.create_task(feedback.run())
        bench.start()
        whose = [(bench.project, PSEUDONYMS.visitor(bench.project, each)) for each in (visitor, "other")]
        for _ in range(200):
            if all(feedback.newest(*each) for each in whose):
                break
            # Until it listens, nobody hears of scores.
            await append(bench.raw, bench.project, [event(now(), each) for each in (visitor, "other")])
            await asyncio.sleep(0.05)
        else:
            raise AssertionError("no scores are heard")
        await bench.caught_up()
        await erase_person(databases, bench.project, visitor=visitor)
        for _ in range(100):
            if feedback.newest(*whose[0]) is None:
                break
            await asyncio.sleep(0.05)
        assert feedback.newest(*whose[0]) is None
        assert feedback.newest(*whose[1]) is not None
        listening.cancel()


async def test_nobody_is_looked_for_under_a_secret_that_was_made_up_on_the_spot(site, tmp_path):
    await site.send(seen("v", now()))
    elsewhere = ("--data", str(tmp_path / "elsewhere"))
    said = site.command("erase", "--project", site.shop.project, "--visitor", "v", *elsewhere, refused=True)
    assert "the secret by which people are known" in said
    assert await site.raw("SELECT FROM raw.tombstone") == []
    assert not (tmp_path / "elsewhere").exists()
