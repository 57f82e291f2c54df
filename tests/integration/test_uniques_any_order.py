"""Events in any order and batches, through two workers, with visitors counted meanwhile: what is counted equals a plain
recount of the raw events; after a rebuild, too; and after an erasure as if the person had never been."""

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.uniques.keep import count_ready
from gooddata.intelligence.uniques.recount import Ready
from gooddata.persistence.pool import open_connection, open_pool
from gooddata.serving.period import Period
from gooddata.serving.visitors import count_visitors, visitors_by_step, visitors_by_value
from gooddata.sketch import Visitors, heads
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.plain_counts import (
    DAY,
    HOUR,
    plain_minutes,
    plain_visitors,
    raw_events,
    stored_minutes,
    stored_visitors,
)
from tests.integration.test_erasure import erase_person
from tests.integration.test_rebuild import rebuilt_since
from tests.integration.workbench import MINUTE, now, opened

AT_ONCE = Ready(timedelta(0), timedelta(0), timedelta(0))
START = now() // DAY * DAY - 4 * DAY + 20 * HOUR
STEPS = [0, 1, MINUTE, 20 * MINUTE, 20 * MINUTE, 30 * MINUTE, 31 * MINUTE, 5 * HOUR]
VISITORS = ["v1", "v1", "v2", "v3", "v4"]


@st.composite
def arrivals(draw):
    """Events in any order, cut into batches; and a period to ask about, which often begins within a visit."""
    at, events = START, []
    for number in range(draw(st.integers(1, 30))):
        at += draw(st.sampled_from(STEPS))
        context = {"page": {"path": draw(st.sampled_from(["/", "/a", "/b"]))}} if draw(st.booleans()) else {}
        if draw(st.booleans()):
            context["campaign"] = {"source": draw(st.sampled_from(["google", "news"])), "name": "spring"}
        kind = draw(st.sampled_from(["page", "$click", "$engagement", "Order Completed", "Signed Up"]))
        event = {"id": str(uuid.uuid4()), "visitor": draw(st.sampled_from(VISITORS)), "timestamp": at - number % 2}
        event |= {"type": "page", "context": context} if kind == "page" else {"type": "track", "name": kind}
        if kind == "Order Completed":
            event["properties"] = {"revenue": 0.1 * draw(st.integers(0, 3))}
        events.append(event | {"context": context})
    start = (
        draw(st.sampled_from(events))["timestamp"] // MINUTE * MINUTE + draw(st.sampled_from([-5, 0, 1, 7])) * MINUTE
    )
    period = start, start + draw(st.sampled_from([1, 5, 25, 90, 600, 3_000])) * MINUTE
    if draw(st.booleans()):
        events = draw(st.permutations(events))
    cuts = sorted(draw(st.sets(st.integers(0, len(events)), max_size=6)) | {0, len(events)})
    return [list(events[since:until]) for since, until in pairwise(cuts) if since < until], period


@pytest.fixture(scope="module")
async def bench(postgres, template):
    from tests.conftest import Databases, as_admin

    kinds = ("raw", "analytics")
    await as_admin(postgres, *(f"CREATE DATABASE uniques_{kind} TEMPLATE template_{kind}" for kind in kinds))
    databases = Databases(postgres.dsn("uniques_raw"), postgres.dsn("uniques_analytics"))
    async with opened(databases) as made:
        made.counter = await open_connection(databases.analytics_dsn, "gooddata_worker")
        await use_milliseconds(made.counter)
        made.pool = await open_pool(databases.analytics_dsn, "gooddata_dashboard", size=2)
        for _ in range(2):
            made.start()
        yield made
        made.counter.terminate()
        made.pool.terminate()
    await as_admin(postgres, *(f"DROP DATABASE uniques_{kind} WITH (FORCE)" for kind in kinds))


def sketch_of(visitors):
    made = Visitors()
    made.add(heads(b"".join(visitor.bytes[:8] for visitor in visitors)))
    return made.sketch()


def expected(seen):
    return {cell: (len(visitors), sketch_of(visitors)) for cell, visitors in seen.items()}


async def sketches_equal_a_plain_recount(bench, project, events):
    for table, moment, length in (("unique_hour", "hour", HOUR), ("unique_day", "day", DAY)):
        assert await stored_visitors(bench.analytics, project, table, moment) == expected(
            plain_visitors(events, length)
        )


async def everything_equals_a_plain_recount(bench, project):
    events = await raw_events(bench.raw, project)
    await sketches_equal_a_plain_recount(bench, project, events)
    assert await stored_minutes(bench.analytics, project) == plain_minutes(events)
    assert await bench.analytics.fetch("SELECT FROM analytics.unique_due WHERE project_id = $1", project) == []


def moment(at):
    return datetime.fromtimestamp(at / 1_000, UTC)


async def answers_equal_a_plain_recount(bench, project, start, end):
    """Of a period (epoch ms), in all the ways one may ask."""
    events = await raw_events(bench.raw, project)
    within = Period(moment(start), moment(end))
    # Sessions are those of all events, also where only some of a session are within.
    seen = plain_visitors(events, 1)

    def who(dimension, value, since=start, until=end):
        cells = (own for (at, *cell), own in seen.items() if cell == [dimension, value] and since <= at < until)
        return len(set().union(*cells))

    assert await count_visitors(bench.pool, project, within) == who("", "")
    for dimension in ("source", "campaign", "device", "page", "event", "goal"):
        values = sorted({cell[2] for cell in seen if cell[1] == dimension} | {"nobody's"})
        found = await visitors_by_value(bench.pool, project, within, dimension, values)
        assert found is None or found == {value: who(dimension, value) for value in values}
    for length in (HOUR, DAY):
        steps = list(range(start // length * length, end, length))
        counts = await visitors_by_step(
            bench.pool, project, within, list(map(moment, steps)), timedelta(milliseconds=length)
        )
        assert counts == [who("", "", max(at, start), min(at + length, end)) for at in steps]


@settings(
    max_examples=int(os.environ.get("GOODDATA_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # A smaller example takes as long as a large one, and many would be tried.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    arrivals(),
    st.lists(st.sampled_from(["nothing", "count", "wait and count"]), min_size=7, max_size=7),
    st.sampled_from(VISITORS),
)
async def test_what_is_counted_equals_a_plain_recount(bench, arriving, between, person):
    project = (await new_project(bench.databases)).project
    batches, (start, end) = arriving
    for batch, then in zip(batches, between, strict=False):
        await append(bench.raw, project, batch)
        if then == "wait and count":
            await bench.caught_up()
            await answers_equal_a_plain_recount(bench, project, start, end)
        if then != "nothing":
            await count_ready(bench.counter, AT_ONCE, share=1.0)
    await bench.caught_up()
    await answers_equal_a_plain_recount(bench, project, start, end)
    while await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass
    await everything_equals_a_plain_recount(bench, project)
    await answers_equal_a_plain_recount(bench, project, start, end)

    # Something has gone wrong with what was counted.
    for table in ("rollup_minute", "unique_hour", "unique_day"):
        await bench.analytics.execute(
            f"UPDATE analytics.{table} SET value = 'x' || value WHERE project_id = $1 AND dimension <> ''", project
        )
    await bench.analytics.execute(
        "INSERT INTO analytics.unique_hour VALUES ($1, $2, '', '', 1, $3)",
        project,
        moment(START - 20 * HOUR),
        sketch_of([uuid.uuid4()]),
    )
    await rebuilt_since(bench, START - DAY, project)
    while await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass
    await everything_equals_a_plain_recount(bench, project)

    await erase_person(bench.databases, project, visitor=person)
    # Nothing of theirs is in any sketch, before anybody counts anew.
    events = await raw_events(bench.raw, project)
    await sketches_equal_a_plain_recount(bench, project, events)
    await answers_equal_a_plain_recount(bench, project, start, end)
    await asyncio.gather(bench.caught_up(), count_ready(bench.counter, AT_ONCE, share=1.0))
    await everything_equals_a_plain_recount(bench, project)


async def test_what_changes_a_visit_changes_its_earlier_hours(bench):
    """A page view of the second hour says where the visit came from; the first hour was counted already."""
    project = (await new_project(bench.databases)).project
    context = {"campaign": {"source": "news"}, "page": {"path": "/"}}
    for batch in (
        {"id": str(uuid.uuid4()), "visitor": "v", "timestamp": START - MINUTE, "type": "track", "name": "Signed Up"},
        {"id": str(uuid.uuid4()), "visitor": "v", "timestamp": START + MINUTE, "type": "page", "context": context},
    ):
        await append(bench.raw, project, [batch])
        await bench.caught_up()
        while await count_ready(bench.counter, AT_ONCE, share=1.0):
            pass
    await everything_equals_a_plain_recount(bench, project)
    stored = await stored_visitors(bench.analytics, project, "unique_hour", "hour")
    assert (START - HOUR, "source", "news") in stored


async def test_too_much_is_not_looked_through_for_a_breakdown(bench):
    project = (await new_project(bench.databases)).project
    within = Period(moment(START - DAY), moment(START + DAY))
    due = "INSERT INTO analytics.unique_due (project_id, hour) SELECT $1, $2::timestamptz + n * interval '1 hour' "
    await bench.analytics.execute(due + "FROM generate_series(0, 35) n", project, within.start)
    assert await visitors_by_value(bench.pool, project, within, "page", ["/"]) == {"/": 0}
    await bench.analytics.execute(due + "FROM generate_series(36, 36) n", project, within.start)
    assert await visitors_by_value(bench.pool, project, within, "page", ["/"]) is None
    assert await visitors_by_value(bench.pool, project, within, "source", ["direct"]) == {"direct": 0}
    assert await count_visitors(bench.pool, project, within) == 0


async def test_an_event_that_becomes_a_goal_counts_as_both(bench):
    project = (await new_project(bench.databases)).project

    async def signs_up(visitor):
        sent = {"id": str(uuid.uuid4()), "visitor": visitor, "timestamp": START, "type": "track", "name": "Signed Up"}
        await append(bench.raw, project, [sent])
        await bench.caught_up()

    await signs_up("before")
    await bench.analytics.execute("INSERT INTO control.goal (project_id, event_name) VALUES ($1, 'Signed Up')", project)
    await asyncio.sleep(0.5)  # workers look for goals every 0.2 s here
    await signs_up("after")
    while await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass
    stored = await stored_visitors(bench.analytics, project, "unique_hour", "hour")
    told = {cell[1:]: visitors for cell, (visitors, _) in stored.items() if cell[1] in ("event", "goal")}
    assert told == {("event", "Signed Up"): 2, ("goal", "Signed Up"): 1}


@pytest.mark.parametrize("counted", [False, True])
async def test_a_visit_counts_where_it_has_an_event(bench, counted):
    """Of a visit that goes on around a period, what it did in the period decides."""
    project = (await new_project(bench.databases)).project
    visit = [
        {"id": str(uuid.uuid4()), "visitor": "v", "timestamp": START + at * MINUTE, "type": "page"}
        | {"context": {"page": {"path": "/"}}}
        for at in (-20, 0, 20, 40, 60)
    ]
    await append(bench.raw, project, visit)
    await bench.caught_up()
    while counted and await count_ready(bench.counter, AT_ONCE, share=1.0):
        pass
    for since, until, there in (
        (-10, -5, 0),
        (1, 20, 0),
        (1, 21, 1),
        (20, 21, 1),
        (21, 39, 0),
        (-30, 70, 1),
        (61, 90, 0),
    ):
        within = Period(moment(START + since * MINUTE), moment(START + until * MINUTE))
        assert await count_visitors(bench.pool, project, within) == there
        for dimension, value in (("page", "/"), ("source", "direct"), ("event", "page")):
            assert await visitors_by_value(bench.pool, project, within, dimension, [value]) == {value: there}


async def test_it_is_the_raw_events_that_are_compared(bench):
    """The recount sees what was sent: it is not empty, and knows each kind of cell."""
    project = (await new_project(bench.databases)).project
    campaign = {"campaign": {"source": "news", "name": "spring"}, "page": {"path": "/a"}}
    visit = [
        {"id": str(uuid.uuid4()), "visitor": "v1", "timestamp": START, "type": "page", "context": campaign},
        {"id": str(uuid.uuid4()), "visitor": "v1", "timestamp": START + 1, "type": "track", "name": "Order Completed"},
    ]
    await append(bench.raw, project, visit)
    cells = plain_visitors(await raw_events(bench.raw, project), HOUR)
    assert {cell[1:] for cell in cells} == {
        ("", ""), ("source", "news"), ("campaign", "spring"), ("device", "unknown"), ("browser", "unknown"),
        ("page", "/a"), ("event", "page"), ("event", "Order Completed"), ("goal", "Order Completed"),
    }  # fmt: skip


@pytest.mark.parametrize("length", [DAY, HOUR])
async def test_a_rebuild_of_nothing_leaves_nothing(bench, length):
    project = (await new_project(bench.databases)).project
    await rebuilt_since(bench, START, project)
    assert await count_visitors(bench.pool, project, Period(moment(START), moment(START + length))) == 0


async def test_statements_that_fail_leave_the_hour_due(bench):
    project = (await new_project(bench.databases)).project
    await append(bench.raw, project, [{"id": str(uuid.uuid4()), "visitor": "v", "timestamp": START, "type": "page"}])
    await bench.caught_up()
    await bench.analytics.execute(
        "ALTER TABLE analytics.unique_day ADD CONSTRAINT refused CHECK (visitors <> 1) NOT VALID"
    )
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            while await count_ready(bench.counter, AT_ONCE, share=1.0):
                pass
    finally:
        await bench.analytics.execute("ALTER TABLE analytics.unique_day DROP CONSTRAINT refused")
    due = await bench.analytics.fetchval("SELECT count(*) FROM analytics.unique_due WHERE project_id = $1", project)
    assert due == 1
    assert await stored_visitors(bench.analytics, project, "unique_hour", "hour") == {}
