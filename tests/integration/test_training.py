"""From stored sessions to a model, and from the model to scores, on real databases."""

import asyncio
import csv
import json
import lzma
import random
import uuid
from unittest import mock

import httpx
import numpy as np
import pytest

from gooddata.errors import InputError
from gooddata.intelligence import training, worker
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results import work_out
from gooddata.intelligence.sessions.features import features
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.intelligence.training.sample import finished_sessions
from gooddata.intelligence.training.watch import _keep_trained
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.workbench import MINUTE, PSEUDONYMS, event, now, opened, page

HOUR = 60 * MINUTE


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


def shop_visits(number, seed=1, simulated=False):
    """Visits over the last days: who came by a search is likelier to fill a cart, and then to order; some return."""
    rng = random.Random(seed)
    first = now() - (number + 10) * 10 * MINUTE
    events = []
    for n in range(number):
        at = first + n * 10 * MINUTE
        visitor = f"v{rng.randrange(number)}"
        searched = rng.random() < 0.3
        shared = {"campaign": {"source": "google"}} if searched else {}
        shared |= {"simulated": True} if simulated else {}
        visit = [page(at, visitor, "/", context=shared)]
        for _ in range(rng.randrange(6)):
            properties = {"product_id": f"p{rng.randrange(9)}", "category": "tea", "price": rng.randrange(5, 30)}
            at += rng.randrange(5_000, 60_000)
            visit.append(event(at, visitor, "Product Viewed", type="page", properties=properties, context=shared))
        if rng.random() < (0.9 if searched else 0.05):
            visit.append(event(at + 5_000, visitor, "Product Added", properties={"price": 9.9}, context=shared))
            if rng.random() < 0.8:
                order = {"revenue": 9.9, "order_id": str(n)}
                visit.append(event(at + 30_000, visitor, "Order Completed", properties=order, context=shared))
        events += visit
    return events


async def append_all(bench, events):
    events = sorted(events, key=lambda each: each["timestamp"])
    for start in range(0, len(events), 500):
        await append(bench.raw, bench.project, events[start : start + 500])


async def test_live_stored_and_recomputed_features_are_the_same(bench):
    """What was scored live equals what training reads back, and what comes of decoding all events anew."""
    live = {}

    def remember(sessions, models):
        live.update({session.session_id: features(session) for session in sessions})
        return []

    events = shop_visits(300)
    random.Random(2).shuffle(events)
    with mock.patch.object(work_out, "score_sessions", remember):
        running = bench.start(worker.WorkerSettings(round_events=50, visitors=20))
        for start in range(0, len(events), 70):
            await append(bench.raw, bench.project, events[start : start + 70])
        await bench.caught_up()
        await running.end()
    await use_milliseconds(bench.analytics)
    stored = {}
    for session in await finished_sessions(bench.analytics, bench.project):
        [counted] = sessions_of(session.facts, session.history)
        stored[counted.session.session_id] = features(counted.session)
    goals = Goals()
    await goals.refresh(bench.analytics)
    extractor = Extractor(PSEUDONYMS, goals)
    facts = []
    for body in await bench.raw.fetch("SELECT body FROM raw.batch"):
        facts += extractor.facts(decode_groups(body["body"]))
    anew = {}
    for visitor in {fact.visitor for fact in facts}:
        for counted in sessions_of([fact for fact in facts if fact.visitor == visitor], FIRST_VISIT):
            anew[counted.session.session_id] = features(counted.session)
    assert stored.keys() == anew.keys() and len(anew) > 200
    for session_id, expected in anew.items():
        assert np.array_equal(np.array(stored[session_id], float), np.array(expected, float), equal_nan=True)
    # Events in any order: a session may have been scored last before an earlier one of its visitor was known.
    own = [place for place in range(len(expected)) if place not in (25, 26, 27)]
    for session_id in anew.keys() & live.keys():
        seen, expected = (np.array(values, float)[own] for values in (live[session_id], anew[session_id]))
        assert np.array_equal(seen, expected, equal_nan=True)


async def test_a_model_is_trained_taken_up_and_heard_of(bench):
    heard = asyncio.Queue()
    await append_all(bench, shop_visits(500, simulated=True))
    bench.start()
    await bench.caught_up()
    [report, *_] = await training.train_all(bench.databases.analytics_dsn)
    assert (report.status, report.version, report.trained_on) == ("ready", 1, "simulated")
    assert report.metrics["auc_interval"][0] > 0.5
    row = await bench.analytics.fetchrow("SELECT * FROM analytics.model")
    assert json.loads(row["metrics"]) == json.loads(json.dumps(report.metrics))
    assert row["features"] == report.features
    await bench.analytics.add_listener("gooddata_score", lambda *notice: heard.put_nowait(json.loads(notice[-1])))
    for _ in range(100):
        await append(bench.raw, bench.project, [page(now(), str(uuid.uuid4()))])
        [told] = await asyncio.wait_for(heard.get(), 10)
        score = told["scores"]["conversion"]
        if score["score"] is not None:
            break
        await asyncio.sleep(0.05)
    assert 0 < score["score"] < 0.5
    assert (score["model"], score["trained_on"], score["abstained"]) == (1, "simulated", False)
    assert score["quality"] == {name: report.metrics[name] for name in ("auc", "log_loss", "ece")}
    added = [page(now(), "buyer"), event(now() + 1, "buyer", "Product Added", properties={"price": 9.9})]
    await append(bench.raw, bench.project, added)
    [told] = await asyncio.wait_for(heard.get(), 10)
    assert told["scores"]["conversion"]["score"] > score["score"], "a filled cart makes an order likelier"


def measured(events):
    """The same events, as an engine sends them that measures the page."""
    rng = random.Random(5)
    return [
        each
        | {"vector": [round(rng.expovariate(0.01), 1) for _ in FIELDS.fields]}
        | {"context": each.get("context", {}) | {"vector_version": FIELDS.version}}
        for each in events
    ]


async def test_a_model_of_intent_is_published_where_there_is_something_to_tell(bench, processes):
    bench.start()
    await append_all(bench, shop_visits(60))
    await bench.caught_up()
    [*_, report] = await training.train_all(bench.databases.analytics_dsn)
    assert (report.task, report.status, report.version) == ("intent", "abstaining", 1)
    assert "there are 0" in report.reason
    server = await processes.serve(role=("serve",))
    key = (await new_project(bench.databases)).write_key
    async with httpx.AsyncClient(base_url=server.url) as http:
        none = await http.get("/v1/engine-model", params={"key": key})
        assert (none.status_code, none.json()) == (200, {"trained": False})
        assert (await http.get("/v1/engine-model", params={"key": "gw_no"})).status_code == 401
        assert (await http.get("/v1/engine-model")).status_code == 401
        # As training stores it.
        await bench.analytics.execute(
            """INSERT INTO analytics.model
                   (project_id, task, version, status, trained_on, features, metrics, estimator, role)
               SELECT project_id, 'intent', version, 'ready', 'observed', '{}',
                      '{"log_loss": 0.9, "vector_version": 2}',
                      '{"classes": ["a", "b"], "weights": [[1, 2], [3, 4]], "scale": 256}', role
               FROM (VALUES (3, 'champion'), (4, 'challenger')) AS kept (version, role), control.key
               WHERE key_hash = sha256(convert_to($1, 'UTF8'))""",
            key,
        )
        there = await http.get("/v1/engine-model", params={"key": key}, headers={"origin": "https://shop.example"})
        assert there.json() == {
            "trained": True, "version": 3, "vector_version": 2, "trained_on": "observed", "log_loss": 0.9,
            "classes": ["a", "b"], "weights": [[1, 2], [3, 4]], "scale": 256,
        }  # fmt: skip
        assert there.headers["access-control-allow-origin"] == "*"
        assert there.headers["cache-control"] == "max-age=3600"
        again = await http.get(
            "/v1/engine-model", params={"key": key}, headers={"if-none-match": there.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")


async def test_vectors_that_say_nothing_of_what_follows_make_no_model(bench):
    bench.start()
    await append_all(bench, measured(shop_visits(300)))
    await bench.caught_up()
    [*_, report] = await training.train_all(bench.databases.analytics_dsn)
    assert report.metrics["sessions_measured"] > 250
    assert (report.task, report.status) == ("intent", "abstaining"), report
    assert "no better than the base rates" in report.reason


async def test_too_little_data_abstains_in_one_version_and_enough_makes_the_next(bench):
    bench.start()
    await append_all(bench, shop_visits(60))
    await bench.caught_up()
    for _ in range(2):
        [report, *_] = await training.train_all(bench.databases.analytics_dsn, bench.project)
        assert (report.status, report.version, report.trained_on) == ("abstaining", 1, "observed")
        assert report.reason.startswith("needs at least 200 finished sessions and 20 of them with a conversion; there")
    await append_all(bench, shop_visits(400, seed=2))
    await bench.caught_up()
    versions = [(await training.train_all(bench.databases.analytics_dsn))[0] for _ in range(2)]
    assert [(report.status, report.version) for report in versions] == [("ready", 1), ("ready", 2)]
    first, again = (report.metrics | {"there_were": None} for report in versions)
    assert first == again, "the same sessions give the same model"
    with pytest.raises(InputError):
        await training.train_all(bench.databases.analytics_dsn, "nobody's")


async def test_models_are_kept_trained(bench):
    bench.start()
    await append_all(bench, shop_visits(60))
    await bench.caught_up()
    keeping = asyncio.create_task(_keep_trained(bench.databases.analytics_dsn))
    try:
        await model_becomes(bench, ("abstaining", 1))
        await append_all(bench, shop_visits(400, seed=2))
        await model_becomes(bench, ("ready", 1))
    finally:
        keeping.cancel()


async def model_becomes(bench, wanted):
    for _ in range(400):
        row = await bench.analytics.fetchrow("SELECT status, version FROM analytics.model ORDER BY version DESC")
        if row is not None and tuple(row) == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"there is no model {wanted}")


async def test_a_real_shop(bench, shared_data):
    """RetailRocket: the sessions are those of the rule, and the model is better than chance on the newest quarter."""
    kinds = {"view": "Product Viewed", "addtocart": "Product Added", "transaction": "Order Completed"}
    with lzma.open(shared_data / "retailrocket" / "events_20150910_15.csv.xz", "rt") as file:
        events = [
            event(
                int(row["timestamp"]),
                row["visitorid"],
                kinds[row["event"]],
                type="page" if row["event"] == "view" else "track",
                properties={"product_id": row["itemid"], "category": row["categoryid"]},
            )
            for row in csv.DictReader(file)
        ]
    await append_all(bench, events)
    bench.start(worker.WorkerSettings())
    await bench.caught_up()
    times = {}
    for each in events:
        times.setdefault(each["visitor"], []).append(each["timestamp"])
    sessions = 0
    for own in times.values():
        own.sort()
        started = last = None
        for at in own:
            if started is None or at - last > 30 * MINUTE or at - started > 24 * HOUR:
                sessions, started = sessions + 1, at
            last = at
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.session") == sessions
    [report, *_] = await training.train_all(bench.databases.analytics_dsn)
    print(training.in_words(report))
    assert (report.status, report.trained_on) == ("ready", "observed")
    assert report.metrics["auc_interval"][0] > 0.7
    assert report.metrics["log_loss"] < report.metrics["log_loss_baseline"]
    assert report.metrics["ece"] < 0.03
