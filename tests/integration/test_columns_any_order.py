"""Events in any order, asked about while hours are written and while they change: what columns answer, filtered in any
way, equals a plain recount of the raw events."""

import os
import random
import uuid
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gooddata.intelligence.results import work_out
from gooddata.intelligence.scoring.score import Score
from gooddata.intelligence.uniques.keep import count_ready
from gooddata.serving.columns import scores, shelf
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.filters import parse_all
from gooddata.serving.columns.funnel import parse_steps
from gooddata.serving.columns.retention import LOOK_BACK_DAYS
from gooddata.serving.columns.shelf import Shelf
from gooddata.serving.period import Period
from gooddata.serving.store import Store
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.plain_columns import Plain, session_scores, utc, visitor_scores
from tests.integration.plain_counts import DAY, HOUR, ms, raw_events
from tests.integration.test_erasure import erase_person
from tests.integration.test_uniques_any_order import AT_ONCE, START, VISITORS, bench
from tests.integration.workbench import MINUTE, PSEUDONYMS

__all__ = ["bench"]


@pytest.fixture(scope="module", autouse=True)
def seen_at_once():
    """Every change is seen with the next question, and every session is scored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "LOOK_SECONDS", 0.0)
        patch.setattr(shelf, "READING_SHARE", 1e9)
        patch.setattr(scores, "READ_SECONDS", 0.0)
        patch.setattr(scores, "READING_SHARE", 1e9)
        patch.setattr(scores, "VISITORS_SECONDS", 0.0)
        patch.setattr(work_out, "score_sessions", scored)
        yield


def scored(sessions, models):
    return [
        Score(each, task, score, None if score is not None else "there is nothing to say", 1)
        for each in sessions
        for task, score in session_scores(each.events, each.pageviews, each.goals).items()
    ]


async def expect_visitors(bench, project):
    """What is expected of visitors is there from the start: a standing job would say it within the hour."""
    for person in set(VISITORS):
        visitor = PSEUDONYMS.visitor(project, person)
        said = visitor_scores(visitor)
        await bench.analytics.execute(
            """INSERT INTO analytics.visitor_score
                   (project_id, visitor, return_7d, churn_30d, visits, last_at, goals, revenue, computed_at)
               VALUES ($1, $2, $3, $4, 1, now(), 0, 0, now())""",
            project, visitor, said["return_7d"], said["churn_30d"],
        )  # fmt: skip


FILTERS = [
    ("page", "==", ["/a"]), ("page", "!=", ["/a", "/b"]), ("page", "~", ["/"]), ("entry", "==", ["/", "/b"]),
    ("exit", "!=", ["/"]), ("source", "==", ["google"]), ("source", "!=", ["direct"]), ("campaign", "!~", ["spr"]),
    ("device", "==", ["unknown"]), ("event", "==", ["$click"]), ("event", "!~", ["Order"]),
    ("goal", "==", ["Order Completed"]), ("goal", "!=", ["Signed Up", "Order Completed"]), ("country", "==", ["de"]),
]  # fmt: skip
COMPARISONS = [
    ("views", ">=", ["2"]), ("events", "<", ["4"]), ("duration_seconds", ">", ["60"]), ("revenue", ">", ["0"]),
    ("duration_seconds", "<=", ["1"]), ("engaged_seconds", ">=", ["2.5"]), ("engaged_seconds", "<=", ["0"]),
    ("revenue", ">=", ["0.3"]), ("conversion", ">=", ["0.5"]), ("conversion", "<", ["0.5"]),
    ("leave_30s", ">", ["0.3"]), ("leave_30s", "<=", ["0.3"]), ("leave_page", ">=", ["0.5"]),
    ("return_7d", ">", ["0.4"]), ("churn_30d", "<", ["0.6"]),
]  # fmt: skip
# From 20:00 on; the first event is at 23:40 or later.
BEGINS = [minutes * MINUTE for minutes in (-1_500, 220, 221, 229, 240, 240, 250)]
LASTS = [minutes * MINUTE for minutes in (25, 240, 1_440, 1_500, 4_320)]
DIMENSIONS = ("page", "entry", "exit", "source", "campaign", "country", "device", "browser", "event", "goal")
STEPS = [("page", "/"), ("page", "/a"), ("event", "$click"), ("event", "page"), ("goal", "Order Completed")]


def some(chance):
    """Events of a few visitors, most of them page views, most of whose visits go on past midnight; in batches."""
    at, events = START + 3 * HOUR + 40 * MINUTE, []
    far = chance.choice([[], [], [31 * MINUTE], [5 * HOUR]])
    for _ in range(chance.randint(5, 40)):
        at += chance.choice([0, 200, 1_000, 1_000] + [MINUTE] * 9 + [10 * MINUTE, 29 * MINUTE] + far)
        context = {"page": {"path": chance.choice(["/", "/a", "/b"])}} if chance.random() < 0.85 else {}
        if chance.random() < 0.3:
            context["campaign"] = {"source": chance.choice(["google", "news"]), "name": "spring"}
        kind = chance.choice(["page"] * 5 + ["$click", "$engagement", "Order Completed", "Signed Up"])
        event = {
            "id": str(uuid.uuid4()),
            "visitor": chance.choice(VISITORS[:3] + VISITORS),
            "timestamp": at,
            "context": context,
        }
        event |= {"type": "page"} if kind == "page" else {"type": "track", "name": kind}
        if kind == "$engagement":
            event["properties"] = {"engaged_ms": chance.choice([500, 1_250, 40_000])}
        if kind == "Order Completed":
            event["properties"] = {"revenue": 0.1 * chance.randint(0, 3)}
        events.append(event)
    if chance.random() < 0.5:
        chance.shuffle(events)
    cuts = sorted({0, len(events), *(chance.randint(0, len(events)) for _ in range(3))})
    return [events[since:until] for since, until in pairwise(cuts)]


def written(asked):
    return parse_all([f"{dimension}{operator}{'|'.join(values)}" for dimension, operator, values in asked])


async def answers_equal_a_plain_recount(bench, columns, project, questions):
    events = await raw_events(bench.raw, project)
    for asked in questions:
        await answer_equals_a_plain_recount(bench, events, columns, project, *asked)


async def answer_equals_a_plain_recount(bench, events, columns, project, period, asked, steps, hours):
    start, end = period
    span = Period(utc(start), utc(end))
    filters = written(asked)
    plain = Plain(events, asked, start, end)

    listed = await Store(bench.pool, None).sessions(project, span, 1_000, filters)
    assert {(each["visitor"], each["started_at"]) for each in listed["sessions"]} == plain.active()
    overview = await columns.overview(project, span, filters, False)
    del overview["previous"]
    assert overview == plain.totals() | {"revenue": overview["revenue"]}
    assert abs(overview["revenue"] - plain.totals()["revenue"]) < 1e-6
    for interval, tz in (("hour", "UTC"), ("day", "UTC"), ("hour", "Asia/Kathmandu"), ("day", "America/New_York")):
        series = await columns.timeseries(project, span, interval, tz, filters)
        length = HOUR if interval == "hour" else DAY
        edges = [*series.pop("t"), 0]
        edges[-1] = edges[-2] + length
        assert edges[0] <= start and edges[-1] >= end and all(b - a == length for a, b in pairwise(edges))
        assert series == plain.steps(edges) | {"interval": interval}
    for dimension in DIMENSIONS:
        found = await columns.breakdown(project, span, dimension, filters, 100, 0)
        assert {row.pop("value"): row for row in found["rows"]} == plain.values(dimension)

    await names_equal_a_plain_recount(
        columns, project, span, filters, plain, Plain(events, asked, 2 * start - end, start)
    )

    texts = [f"{dimension}=={value}" for dimension, value in steps]
    funnel = await columns.funnel(project, span, parse_steps(texts), texts, hours, "source", filters)
    assert [step["visitors"] for step in funnel["steps"]] == plain.funnel(steps, hours * 3_600)

    cohorts = await columns.retention(project, utc(end), "day", 4, "UTC", filters)
    edges = [cohort["start"] for cohort in cohorts["cohorts"]]
    edges.append(edges[-1] + DAY)
    returned = [cohort["returned"] for cohort in cohorts["cohorts"]]
    assert returned == plain.retention(edges, edges[0] - LOOK_BACK_DAYS * DAY)

    anchor = parse_steps([texts[0]] * 2)[0]
    for direction in ("after", "before"):
        found = await columns.paths(project, span, anchor, direction, 3, 20, filters)
        visits, levels = plain.paths(steps[0], direction == "after", 3)
        assert found["sessions"] == visits
        for level, expected in zip(found["levels"], levels, strict=True):
            assert {
                (link.get("from", "anchor"), link["value"]): link["sessions"] for link in level["links"]
            } == expected


async def comparisons_equal_a_plain_recount(bench, columns, project, start):
    """Each by itself: questions ask for few of them."""
    events, end = await raw_events(bench.raw, project), start + 3 * DAY
    span = Period(utc(start), utc(end))
    for asked in COMPARISONS:
        plain, filters = Plain(events, [asked], start, end), written([asked])
        listed = await Store(bench.pool, None).sessions(project, span, 1_000, filters)
        assert {(each["visitor"], each["started_at"]) for each in listed["sessions"]} == plain.active(), asked
        assert (await columns.overview(project, span, filters, False))["events"] == plain.totals()["events"], asked


async def names_equal_a_plain_recount(columns, project, span, filters, plain, before):
    found = await columns.events(project, span, filters, 100, 0)
    now, earlier = plain.names(), before.names()
    nothing = dict.fromkeys(("events", "visitors", "conversions", "sessions", "revenue"), 0)
    rows = {row.pop("event"): row for row in found["rows"]}
    assert rows.keys() == now.keys() | earlier.keys() and found["names"] == len(rows)
    assert [row["events"] for row in rows.values()] == sorted((row["events"] for row in rows.values()), reverse=True)
    for name, row in rows.items():
        expected = now.get(name) or nothing | {"first_at": None, "last_at": None}
        compared = earlier.get(name, nothing)
        visitors = expected["visitors"]
        assert row == expected | {
            "per_visitor": expected["events"] / visitors if visitors else None,
            "previous": {each: compared[each] for each in ("events", "visitors", "sessions")},
        }
    assert (await columns.events(project, span, filters, 1, 1))["rows"] == [
        {"event": name} | row for name, row in list(rows.items())[1:2]
    ]
    for name in ("page", "$click"):
        line = await columns.event_over_time(project, span, name, "hour", "Asia/Kathmandu", filters)
        edges = [*line["t"], line["t"][-1] + HOUR]
        assert list(zip(line["events"], line["visitors"], strict=True)) == plain.over_time(name, edges)
        line = await columns.event_over_time(project, span, name, "week", "UTC", filters)
        edges = [*line["t"], line["t"][-1] + 7 * DAY]
        assert list(zip(line["events"], line["visitors"], strict=True)) == plain.over_time(name, edges)
        visits, _ = await columns.visits_with(project, span, name, filters, 1_000)
        expected = now.get(name, nothing)
        assert (visits.events, visits.visitors, visits.count.sum()) == (
            expected["events"], expected["visitors"], expected["events"]
        )  # fmt: skip


@settings(
    max_examples=int(os.environ.get("GOODDATA_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # A smaller example takes as long as a large one, and many would be tried.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.integers(0, 1 << 40))
async def test_columns_answer_like_a_plain_recount(bench, seed):
    project = (await new_project(bench.databases)).project
    columns = Columns(Shelf(bench.pool, 1 << 30))
    await expect_visitors(bench, project)
    chance = random.Random(seed)
    questions = [question(chance) for _ in range(6)]
    for batch in some(chance):
        await append(bench.raw, project, batch)
        if chance.random() < 0.5:
            await bench.caught_up()
            await count_ready(bench.counter, AT_ONCE, share=1.0)
            await answers_equal_a_plain_recount(bench, columns, project, questions[:1])
    await bench.caught_up()
    await answers_equal_a_plain_recount(bench, columns, project, questions)
    while await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass
    await answers_equal_a_plain_recount(bench, columns, project, questions)

    await comparisons_equal_a_plain_recount(bench, columns, project, START)

    # With no room to keep any, days are read again for each question, and no more than the newest stays.
    crowded = Shelf(bench.pool, 0)
    await answers_equal_a_plain_recount(bench, Columns(crowded), project, questions[:1])
    await crowded.days("another project", 0, 1)
    assert len(crowded) <= 1

    blocks = await bench.analytics.fetch("SELECT hour, body FROM analytics.block WHERE project_id = $1", project)
    person = chance.choice(VISITORS)
    hours = {event["at"] // HOUR * HOUR for event in await events_of(bench, project, person)}
    await erase_person(bench.databases, project, visitor=person)
    left = await bench.analytics.fetch("SELECT hour, body FROM analytics.block WHERE project_id = $1", project)
    # None of the blocks that hold something of theirs is kept, not even until somebody counts anew.
    assert {ms(row["hour"]) for row in left} == {ms(row["hour"]) for row in blocks} - hours
    await answers_equal_a_plain_recount(bench, columns, project, questions)


def question(chance):
    """A period, filters, and the steps and hours of a funnel."""
    start = START + chance.choice(BEGINS)
    asked = chance.sample([*FILTERS, *COMPARISONS], chance.choice([0, 1, 1, 2, 3]))
    steps = [chance.choice(STEPS) for _ in range(chance.randint(2, 4))]
    return (start, start + chance.choice(LASTS)), asked, steps, chance.choice([1, 5, 24])


async def events_of(bench, project, person):
    visitor = PSEUDONYMS.visitor(project, person)
    return [event for event in await raw_events(bench.raw, project) if event["visitor"] == visitor]
