"""The measurement of the query API measures: both sides are asked the same, and what is not answered is said."""

from datetime import UTC, datetime, timedelta
from random import Random

import asyncpg
import pytest

from bench.query import plans, report
from bench.query.asking import Answered
from bench.query.data import contents
from bench.query.measure import measure
from bench.query.plain_table import fill_plain, has_plain
from bench.query.questions import DIMENSIONS, period, questions
from bench.query_data.fill import fill
from gooddata.errors import InputError
from tests.conftest import Databases, as_admin

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 15
SINCE = UNTIL - timedelta(days=DAYS)
ONLY = r"^(overview, 7 days|breakdown by page, 30 days|funnel.*)(, one filter)?$"


def silent(line: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
async def data(postgres, template):
    await as_admin(postgres, "CREATE DATABASE bench_query TEMPLATE template_analytics")
    databases = Databases(template.raw_dsn, postgres.dsn("bench_query"))
    connection = await asyncpg.connect(databases.analytics_dsn)
    with pytest.raises(InputError, match="there are no events of project 'bench'"):
        await contents(connection, databases.raw_dsn, databases.analytics_dsn)
    filled = await fill(connection, events=3_000, days=DAYS, seed=5, until=UNTIL)
    found = await contents(connection, databases.raw_dsn, databases.analytics_dsn, postgres)
    assert (found.events, found.sessions, found.since, found.until) == (filled.events, filled.sessions, SINCE, UNTIL)
    assert not await has_plain(connection)
    await fill_plain(connection, found.since, found.until, silent)
    assert await has_plain(connection)
    assert await connection.fetchval("SELECT count(*) FROM plain.event") == filled.events
    yield found
    await connection.close()
    await as_admin(postgres, "DROP DATABASE bench_query WITH (FORCE)")


async def test_the_product_and_the_plain_table_are_asked_the_same_and_agree(data):
    told = await measure(data, 2, 7, ONLY, 0.01, silent)
    lines = {line["question"]: line for line in told["questions"]}
    assert len(lines) == 5
    for name in ("overview, 7 days", "breakdown by page, 30 days"):
        line = lines[name]
        assert line["askings"] == line["different"] == 2
        assert 0 < line["p50_ms"] <= line["p95_ms"]
        assert line["rows_read"] == sum(line["rows_read_by_table"].values())
        assert line["plain"]["rows_read"] == line["plain"]["rows_read_by_table"]["event"] > 0
        assert line["plain"]["difference"] == 0
    # The product answers, or says with which status it does not.
    for line in lines.values():
        assert ("unanswered" in line) != ("p50_ms" in line)
        assert line["plain"]["p50_ms"] > 0
    assert told["bytes_per_event"]["product"]["all"] > told["bytes_per_event"]["product"]["event"] > 100
    assert told["serving"]["first_page_ms"] > 0 and told["serving"]["most_memory_mb"] > 20
    assert "overview, 7 days" in report.in_words(told)


async def test_what_the_product_does_not_know_is_unanswered_with_its_status(data, monkeypatch):
    monkeypatch.setattr("bench.query.questions.DIMENSIONS", ("nothing that there is",))
    told = await measure(data, 2, 7, "^breakdown by nothing that there is, 7 days$", 0, silent)
    [line] = told["questions"]
    assert line["unanswered"] == 400
    assert told["kinds"]["breakdown"]["unanswered"] == 1
    with pytest.raises(InputError, match="no question's name has 'weather' in it"):
        await measure(data, 2, 7, "weather", 0, silent)


def test_no_question_is_put_twice_alike_and_periods_are_within_the_data():
    since = UNTIL - timedelta(days=90)
    asked = questions(since, UNTIL)
    names = [question.name for question in asked]
    assert len(set(names)) == len(names)
    assert {f"breakdown by {dimension}, 90 days, two filters" for dimension in DIMENSIONS} <= set(names)
    for question in asked:
        rng = Random(question.name)
        made = [str(question.ask(rng).requests) for _ in range(30)]
        assert len(set(made)) == 30, question.name
    rng = Random(1)
    for days in (7, 30, 90):
        for _ in range(100):
            start, end = period(rng, since, UNTIL, days)
            assert since <= start < end <= UNTIL
            assert timedelta(days=days - 2) <= end - start <= timedelta(days=days)


def test_rows_read_are_those_of_scans_with_what_they_threw_away():
    log = """2026-11-27 10:00:00 UTC [7] gooddata@analytics LOG:  duration: 1.5 ms  plan:
\t{
\t  "Query Text": "SELECT 1",
\t  "Plan": {"Node Type": "Sort", "Actual Rows": 3, "Actual Loops": 1, "Shared Hit Blocks": 9, "Plans": [
\t    {"Node Type": "Index Scan", "Relation Name": "event_20261116", "Actual Rows": 2.00,
\t     "Actual Loops": 3, "Rows Removed by Filter": 5},
\t    {"Node Type": "Bitmap Heap Scan", "Relation Name": "session_early", "Actual Rows": 4,
\t     "Actual Loops": 1, "Plans": [
\t      {"Node Type": "Bitmap Index Scan", "Index Name": "session_pkey", "Actual Rows": 4, "Actual Loops": 1}]}]}
\t}
2026-11-27 10:00:00 UTC [7] gooddata@analytics LOG:  something else
"""
    [plan] = plans.plans_in(log)
    read = plans.Read()
    read.add(plan)
    assert (read.statements, read.rows, read.blocks_in_buffers) == (1, 25, 9)
    assert read.by_table == {"event": 21, "session": 4}


def test_percentiles_are_of_what_was_measured_and_kinds_keep_the_slowest():
    took = [float(number) for number in range(1, 101)]
    assert report.percentile(took, 0.5) == 50
    assert report.percentile(took, 0.95) == 95
    assert report.percentile([7.0], 0.95) == 7
    overviews = [question for question in questions(SINCE, UNTIL) if question.kind == "overview"]
    fast, slow, none, late = overviews[:4]
    lines = [
        report.of_question(fast, Answered([20.0, 40.0], [], different=2), {}, None),
        report.of_question(slow, Answered([150.0, 400.0], [], different=2), {}, None),
        report.of_question(none, Answered([1.0], [], status=503), {}, None),
        report.of_question(late, Answered(late=True), {}, None) | report.beside(Answered(late=True), None, None),
    ]
    assert lines[3]["plain"] == {"unanswered": "it takes longer than 120 s"}
    assert report.summary(lines) == {
        "overview": {
            "target_ms": 100, "questions": 4, "unanswered": 2, "within_target": 1, "slowest_p95_ms": 400.0
        }
    }  # fmt: skip
