"""What is reported of exposures equals a plain recount of the raw events."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from gooddata.serving.period import Period
from gooddata.serving.store import MOST_INTERVENTIONS, Store
from tests.integration.appended import append
from tests.integration.plain_counts import sessions_of
from tests.integration.workbench import MINUTE, event, now, opened, page

HOUR = 60 * MINUTE


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


@pytest.fixture
async def store(databases):
    made = await Store.open(databases.raw_dsn, databases.analytics_dsn)
    yield made
    await made.close()


def exposed(at, visitor, kind, intervention, **properties):
    return event(at, visitor, kind, properties={"intervention": intervention} | properties)


def made_up(rng, start):
    """A week of visitors who are shown things, click, dismiss, buy and come again, in no order."""
    events = []
    for number in range(80):
        visitor = f"visitor {number}"
        variant = "holdout" if number % 3 == 0 else "shown"
        at = start + rng.randrange(120) * HOUR
        for _ in range(rng.randrange(2, 30)):
            at += rng.choice((0, 1, 20, 700, 1_900, 30_000, 90_000)) * 1_000
            kind = rng.choice(("page", "goal", "exposure", "exposure", "click", "dismiss", "other"))
            name = rng.choice(("help", "offer"))
            if kind == "exposure":
                shown = rng.choice((variant, variant, variant, "Shown"))
                automated = {"context": {"automation": True}} if rng.random() < 0.05 else {}
                events.append(exposed(at, visitor, "$exposure", name, variant=shown) | automated)
            elif kind in ("click", "dismiss"):
                events.append(exposed(at, visitor, f"$exposure_{kind}", name))
            elif kind == "page":
                events.append(page(at, visitor))
            else:
                events.append(event(at, visitor, "Order Completed" if kind == "goal" else "Looked"))
    rng.shuffle(events)
    return events


def recounted(events, since, until, within):
    """By intervention and variant: visitors, converted, clicked, dismissed, as one would write it down."""
    ordered = sorted(
        ({"at": each["timestamp"], "visitor": each["visitor"], "sent": each} for each in events),
        key=lambda each: (each["at"], each["sent"]["id"]),
    )
    counts = {}
    by_visitor = {}
    for session in sessions_of(ordered):
        by_visitor.setdefault(session[0]["visitor"], []).append(session)
    for sessions in by_visitor.values():
        for name in ("help", "offer"):
            found = first_exposure(sessions, name, since, until)
            if found is None:
                continue
            session, exposure = found
            if any(is_goal(each) and each["at"] <= exposure["at"] for each in session):
                continue
            if within is None:
                after = [each for each in session if each["at"] >= exposure["at"]]
            else:
                after = [
                    each for own in sessions for each in own if exposure["at"] <= each["at"] <= exposure["at"] + within
                ]
            row = counts.setdefault((name, exposure["sent"]["properties"]["variant"]), [0, 0, 0, 0])
            row[0] += 1
            row[1] += any(is_goal(each) and each["at"] > exposure["at"] for each in after)
            row[2] += any(is_about(each, "$exposure_click", name) for each in after)
            row[3] += any(is_about(each, "$exposure_dismiss", name) for each in after)
    return counts


def first_exposure(sessions, name, since, until):
    for session in sessions:
        for each in session:
            if (
                is_about(each, "$exposure", name)
                and each["sent"]["properties"]["variant"] in ("shown", "holdout")
                and not each["sent"].get("context", {}).get("automation")
                and since <= each["at"] < until
            ):
                return session, each
    return None


def is_goal(each):
    return each["sent"]["name"] == "Order Completed"


def is_about(each, kind, name):
    return each["sent"]["name"] == kind and each["sent"]["properties"]["intervention"] == name


async def asked(store, project, since, until, within_hours=None):
    period = Period(*(datetime.fromtimestamp(at / 1_000, UTC) for at in (since, until)))
    return await store.feedback(project, period, within_hours)


@pytest.mark.parametrize("seed", [3, 4])
async def test_it_is_what_a_plain_recount_gives_for_any_window_and_period(bench, store, seed):
    rng = random.Random(seed)
    start = now() - timedelta(days=8) // timedelta(milliseconds=1)
    events = made_up(rng, start)
    worker = bench.start()
    for place in range(0, len(events), 100):
        await append(bench.raw, bench.project, events[place : place + 100])
    await bench.caught_up()
    await worker.end()
    for since, until in ((start - HOUR, start + 90 * 24 * HOUR), (start + 40 * HOUR, start + 90 * HOUR)):
        for hours in (None, 1, 24, 72):
            told = await asked(store, bench.project, since, until, hours)
            counts = {
                (each["intervention"], variant): [each[variant][name] for name in COUNTED]
                for each in told["interventions"]
                for variant in ("shown", "holdout")
                if each[variant]["visitors"]
            }
            assert counts == recounted(events, since, until, hours and hours * HOUR)
            assert len(counts) == 4
    odd = sum(each["name"] == "$exposure" and each["properties"]["variant"] == "Shown" for each in events)
    whole = await asked(store, bench.project, start - HOUR, start + 90 * 24 * HOUR)
    assert whole["unusable"] == odd > 0


COUNTED = ("visitors", "converted", "clicked", "dismissed")


async def test_of_more_names_than_anybody_reads_those_with_most_visitors_are_told(bench, store):
    at = now() - HOUR
    names = [f"made up {number}" for number in range(MOST_INTERVENTIONS + 7)]
    events = [exposed(at, f"visitor of {name}", "$exposure", name, variant="shown") for name in names]
    events += [exposed(at, f"visitor {number}", "$exposure", "zealous", variant="shown") for number in range(3)]
    await append(bench.raw, bench.project, events)
    bench.start()
    await bench.caught_up()
    told = await asked(store, bench.project, at - HOUR, now() + HOUR)
    assert len(told["interventions"]) == MOST_INTERVENTIONS and told["left_out"] == 8
    assert told["interventions"][0]["intervention"] == "zealous"


async def test_an_exposure_says_of_which_item_and_names_nobody(bench):
    at = now() - HOUR
    shown = {"variant": "shown", "item": 4006381333931, "note": "not allowed"}
    events = [
        exposed(at, "a", "$exposure", "offer", **shown),
        exposed(at + 1, "a", "$exposure_click", "for ada@example.org", item="ada@example.org"),
        event(at + 2, "a", "Something Else", properties={"intervention": "offer"}),
        event(at + 3, "a", "$exposure", properties={"intervention": ["offer"], "variant": {}}),
    ]
    await append(bench.raw, bench.project, events)
    bench.start()
    await bench.caught_up()
    rows = await bench.analytics.fetch(
        "SELECT properties FROM analytics.event WHERE project_id = $1 ORDER BY timestamp", bench.project
    )
    assert [row["properties"] and json.loads(row["properties"]) for row in rows] == [
        {"intervention": "offer", "variant": "shown", "item": "4006381333931"},
        {"intervention": "for :email", "item": ":email"},
        None,
        None,
    ]
