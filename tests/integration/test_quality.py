"""What came of scores that were told, and drift, from events to the API, on real databases."""

import json
import math
import random

import pytest

from gooddata.intelligence.moments import DAY_MS, HOUR_MS, use_milliseconds
from gooddata.intelligence.quality.keep import keep_as_of
from gooddata.intelligence.quality.profile import by_name, profile
from gooddata.intelligence.quality.realised import judge_told
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.scoring.tasks import LEAVES_BY_PAGE
from gooddata.intelligence.training.examples import Replayed
from gooddata.intelligence.training.fit import columns_of
from gooddata.intelligence.training.sample import finished_sessions
from gooddata.intelligence.versions import Version, put_version
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement
from tests.integration.appended import append
from tests.integration.test_erasure import erase_person
from tests.integration.workbench import MINUTE, PSEUDONYMS, event, now, opened, page
from tests.unit.intelligence.training.test_decide import blob

METRICS = {"auc": 0.8, "log_loss": 0.4, "ece": 0.02, "sessions_train": 300}


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


async def worker_of(bench):
    connection = await open_connection(bench.databases.analytics_dsn, "gooddata_worker")
    await use_milliseconds(connection)
    return connection


async def put_models(connection, project, tasks=("conversion", "leave_page"), **fields):
    given = {"reason": None, "trained_on": "observed", "features": [], "metrics": METRICS, "estimator": blob()}
    for task in tasks:
        await put_version(connection, project, task, Version(**(given | fields)))


def waves(number, at):
    """Visits of a page or two; some put something into the cart, and of these some order: in order."""
    rng = random.Random(number)
    waves = [[], [], [], []]
    for n in range(number):
        visitor = f"v{n}"
        waves[0].append(page(at, visitor, "/"))
        if rng.random() < 0.5:
            waves[1].append(page(at + 1_000, visitor, "/more"))
        if rng.random() < 0.5:
            waves[2].append(event(at + 5_000, visitor, "Product Added", properties={"price": 9.9}))
            if rng.random() < 0.7:
                order = {"revenue": 9.9, "order_id": str(n)}
                waves[3].append(event(at + 9_000, visitor, "Order Completed", properties=order))
    return waves


async def test_what_was_told_is_kept_of_some_sessions_and_judged_once_they_have_ended(bench):
    connection = await worker_of(bench)
    await put_models(connection, bench.project)
    bench.start()
    at = now() - MINUTE
    # Events come in one after another, so that scores are told between them.
    for wave in waves(900, at):
        for start in range(0, len(wave), 500):
            await append(bench.raw, bench.project, wave[start : start + 500])
        await bench.caught_up()
    told = await bench.analytics.fetch("SELECT * FROM analytics.scored_moment")
    assert {row["session_id"].bytes[15] & 15 for row in told} == {0} and len({row["session_id"] for row in told}) > 30
    assert {(row["task"], row["came_true"]) for row in told} == {("conversion", None), ("leave_page", None)}

    await keep_as_of(connection, bench.project, now())
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.realised") == 0, "they have not ended"
    # As if half an hour had gone by.
    for table, columns in (
        ("session", ("last_at", "started_at")),
        ("event", ("timestamp",)),
        ("scored_moment", ("at",)),
    ):
        moved = ", ".join(f"{column} = {column} - interval '1 hour'" for column in columns)
        await bench.analytics.execute(f"UPDATE analytics.{table} SET {moved}")
    await keep_as_of(connection, bench.project, now())
    rows = await bench.analytics.fetch("SELECT * FROM analytics.realised WHERE days = 28")
    assert {row["task"] for row in rows} == {"conversion", "leave_page"}
    for row in rows:
        scores, truths, sessions = await recomputed(bench, row["task"])
        assert (row["moments"], row["sessions"], row["model_version"]) == (len(scores), len(set(sessions)), 1)
        assert row["base_rate"] == pytest.approx(sum(truths) / len(truths))
        losses = [-math.log(score if true else 1 - score) for score, true in zip(scores, truths, strict=True)]
        assert row["log_loss"] == pytest.approx(sum(losses) / len(losses), abs=1e-6)
        pairs = [(a > b) + (a == b) / 2 for a, x in zip(scores, truths, strict=True) if x
                 for b, y in zip(scores, truths, strict=True) if not y]  # fmt: skip
        assert row["auc"] == pytest.approx(sum(pairs) / len(pairs))
    days = await bench.analytics.fetch("SELECT sum(moments) AS n FROM analytics.realised WHERE days = 1 GROUP BY task")
    assert sorted(row["n"] for row in days) == sorted(row["moments"] for row in rows)

    visitor = await bench.analytics.fetchval(
        "SELECT visitor FROM analytics.session JOIN analytics.scored_moment USING (session_id) LIMIT 1"
    )
    name = await name_of(bench, visitor)
    before = await bench.analytics.fetchval("SELECT count(*) FROM analytics.scored_moment")
    await erase_person(bench.databases, bench.project, visitor=name)
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.scored_moment") < before
    await judge_told(connection, bench.project, now() + 31 * DAY_MS)
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.scored_moment") == 0, "they are old"
    await connection.close()


async def name_of(bench, pseudonym):
    for row in await bench.raw.fetch("SELECT DISTINCT visitor FROM raw.events"):
        if PSEUDONYMS.visitor(bench.project, row["visitor"]) == pseudonym:
            return row["visitor"]
    raise AssertionError("nobody is called so")


async def recomputed(bench, task):
    """Scores that were told, and what came of them, from the events alone."""
    scores, truths, sessions = [], [], []
    rows = await bench.analytics.fetch(
        """SELECT m.session_id, m.score,
                  EXISTS (SELECT FROM analytics.event e WHERE e.session_id = m.session_id AND e.goal) AS converted,
                  NOT EXISTS (SELECT FROM analytics.event e WHERE e.session_id = m.session_id AND e.type = 'page'
                              AND e.timestamp > m.at) AS left
           FROM analytics.scored_moment m WHERE task = $1""",
        task,
    )
    for row in rows:
        scores.append(min(max(row["score"], 1e-4), 1 - 1e-4))
        truths.append(row["converted"] if task == "conversion" else row["left"])
        sessions.append(row["session_id"])
    return scores, truths, sessions


async def test_sessions_that_are_others_than_those_learned_from_are_told_and_make_training_due(bench):
    """A shop whose visitors look at a page and go, and later at many, slowly."""
    connection = await worker_of(bench)
    rng = random.Random(3)
    bench.start()

    async def visit(since, pages, number=130):
        events = []
        for n in range(number):
            at = since + n * MINUTE
            for place in range(rng.randrange(1, pages)):
                events.append(page(at + place * 1_000 * pages, f"{since}-{n}", f"/{place}"))
        await append(bench.raw, bench.project, events)
        await bench.caught_up()

    week = now() - 5 * DAY_MS
    await visit(week, 4)
    learned = Replayed(await finished_sessions(connection, bench.project), (LEAVES_BY_PAGE,))
    model = Propensity.loads(blob())
    examples = learned.examples(learned.sessions, LEAVES_BY_PAGE)
    known = profile(by_name(model, columns_of(examples.matrix, model)), examples.of_session)
    await put_models(
        connection, bench.project, ("leave_page",), profile=known, learned_from=week, learned_until=week + 4 * HOUR_MS
    )
    await keep_as_of(connection, bench.project, now())
    [row] = await bench.analytics.fetch("SELECT * FROM analytics.drift")
    assert (row["sessions"], row["drifted"]) == (0, []) and row["reason"].startswith("needs 100 sessions")
    await visit(week + DAY_MS, 4)
    await keep_as_of(connection, bench.project, now() + 2 * HOUR_MS)
    [row] = await bench.analytics.fetch("SELECT * FROM analytics.drift")
    assert (row["sessions"], row["drifted"], row["reason"]) == (130, [], None)
    assert not await is_due_for_drift(bench)
    await bench.analytics.execute(
        "DELETE FROM analytics.session WHERE started_at > to_timestamp($1)", week / 1_000 + 80_000
    )
    await visit(week + 2 * DAY_MS, 14)
    await keep_as_of(connection, bench.project, now() + 4 * HOUR_MS)
    [row] = await bench.analytics.fetch("SELECT * FROM analytics.drift")
    assert {"pageviews", "last_gap_ms", "since_start_ms"} <= set(row["drifted"])
    assert json.loads(row["features"])[0]["psi"] > 0.25
    assert not await is_due_for_drift(bench), "it was trained today"
    await bench.analytics.execute("UPDATE analytics.model SET trained_at = trained_at - interval '2 days'")
    assert await is_due_for_drift(bench)
    await connection.close()


async def is_due_for_drift(bench):
    [row] = await bench.analytics.fetch(statement("gooddata.intelligence.training", "due"), "leave_page")
    return row["drifted"]
