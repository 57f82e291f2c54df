"""What scores and training are told of a session equals a plain recount of the raw events that were there by then.

Events come in micro-batches, partly late and out of order, with the engine's vectors; a worker of a large or of a tiny
memory takes them in, and is replaced now and then.
"""

import random
import uuid
from unittest import mock

import pytest

from gooddata.intelligence import worker
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results import work_out
from gooddata.intelligence.scoring.tasks import LEAVES_SOON
from gooddata.intelligence.sessions.features import NAMES, features
from gooddata.intelligence.training.examples import examples_of, moments
from gooddata.intelligence.training.sample import finished_sessions
from tests.integration import plain_features
from tests.integration.appended import append
from tests.integration.plain_features import VECTOR_NAMES, raw_events
from tests.integration.plain_features import plain_features as recounted
from tests.integration.workbench import MINUTE, PSEUDONYMS, now, opened

DAY = 24 * 60 * MINUTE
VISITORS = 8
EVENTS = 450
STEPS = [0, 1, 40, 1_500, 9_000, 9_000, 45_000, 6 * MINUTE, 30 * MINUTE, 30 * MINUTE + 1, 5 * 60 * MINUTE]
ITEMS = [{"product_id": "p1"}, {"product_id": "p2"}, {"product_id": "p3"}, {"sku": "s1"}, {}]
PRICES = [{"price": 9.99}, {"price": "19.50", "quantity": 3}, {"value": 0.1, "quantity": 3}, {"price": 120}, {}]
KINDS = ["page", "page", "screen", "shop", "shop", "shop", "$click", "$engagement", "$scroll", "identify"]
SHOP = ["Product Viewed", "Product Viewed", "Product List Viewed", "Product Added", "Product Removed", "Cart Viewed",
        "Checkout Started", "Order Completed", "Signed Up"]  # fmt: skip
AGENTS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
]
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
REFERRERS = [None, None, "https://www.google.com/", "https://duckduckgo.com/?q=tea", "https://www.facebook.com/a",
             "https://t.co/x", "https://news.example/story", "https://shop.example/before"]  # fmt: skip
CAMPAIGNS = [None, None, None, {"source": "google", "name": "spring"}, {"source": "letter"}, {"name": "autumn"}]


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


def an_event(rng, visitor, at):
    """Of any kind, with anything that features are made of."""
    kind = rng.choice(
        ["page", "page", "screen", "shop", "shop", "shop", "$click", "$engagement", "$scroll", "identify"]
    )
    page = {"path": f"/{rng.randrange(9)}", "url": "https://shop.example/now"}
    if referrer := rng.choice(REFERRERS):
        page["referrer"] = referrer
    context = {"userAgent": rng.choice(AGENTS), "page": page, "vector_version": rng.choice([2, 2, 2, 1])}
    if campaign := rng.choice(CAMPAIGNS):
        context["campaign"] = campaign
    if rng.random() < 0.004:
        context |= rng.choice([{"userAgent": BOT}, {"automation": True}])
    properties = {}
    if kind in ("page", "screen"):
        sent = {"type": kind} | rng.choice([{}, {}, {"name": "Product Viewed"}])
        properties = rng.choice(ITEMS) | rng.choice(PRICES)
    elif kind == "shop":
        sent = {"type": "track", "name": rng.choice(SHOP)}
        properties = rng.choice(ITEMS) | rng.choice(PRICES)
    elif kind == "identify":
        sent = {"type": kind, "user": visitor + "@example.org", "traits": {"category": "of people", "price": 5}}
    else:
        sent = {"type": "track", "name": kind}
        properties = rng.choice([{"engaged_ms": rng.randrange(20_000)}, {"scroll_depth": 130 * rng.random()}])
        if kind == "$click":
            properties = {"tag": "button"}
    if kind in ("page", "shop") and rng.random() < 0.5:
        properties = properties | {"category": f"c{rng.randrange(4)}"}
    if rng.random() < 0.4:
        length = len(VECTOR_NAMES) - (rng.random() < 0.1)
        sent["vector"] = [rng.choice([0, rng.randrange(90_000), 100 * rng.random()]) for _ in range(length)]
    if rng.random() < 0.5:
        shared = {name: context.pop(name) for name in sorted(context) if rng.random() < 0.5}
        sent["shared_context"] = shared
    return sent | {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "visitor": visitor,
        "timestamp": at,
        "properties": properties,
        "context": context,
    }


def arrivals(rng):
    """Micro-batches of what visitors do over days; a fifth of it comes late, whenever. One of them sees very much."""
    start = now() // DAY * DAY - 9 * DAY
    coming = []
    for number in range(VISITORS):
        at = start + rng.randrange(DAY)
        for _ in range(EVENTS // VISITORS):
            at += rng.choice(STEPS)
            late = rng.randrange(9 * DAY) if rng.random() < 0.2 else rng.randrange(60_000)
            coming.append((at + late, an_event(rng, f"v{number}", at)))
    at = start + DAY
    for number in range(260):
        at += rng.choice([4, 6]) * MINUTE  # past 24 hours, in which a session must end
        sent = an_event(rng, "curious", at)
        sent["context"]["page"] = {"path": f"/far/{number}"}
        coming.append((at, sent))
    coming = [sent for _, sent in sorted(coming, key=lambda each: each[0])]
    while coming:
        some = rng.choice([3, 20, 60, 120])
        yield coming[:some]
        coming = coming[some:]


def same(told, plain):
    """What the product tells, a list in the order of NAMES, is what was found by name; NaN is None."""
    assert set(plain) == set(NAMES)
    differ = {
        name: (number, plain[name])
        for name, number in zip(NAMES, told, strict=True)
        if number != plain[name] and not (number != number and plain[name] is None)
    }
    assert not differ


async def scored_as_recounted(bench, rng, visitors):
    """Appends micro-batches; after each, what was scored is compared. Gives the last recount."""
    told, before = {}, {}
    really = work_out.score_sessions

    def remember(sessions, models):
        told.update({(session.visitor, session.started_at): features(session) for session in sessions})
        return really(sessions, models)

    settings = worker.WorkerSettings(round_events=rng.choice([1, 50, 5_000]), visitors=visitors)
    with mock.patch.object(work_out, "score_sessions", remember):
        running = bench.start(settings)
        for batch in arrivals(rng):
            if rng.random() < 0.15:
                await running.end()
                running = bench.start(settings)
            told.clear()
            await append(bench.raw, bench.project, batch)
            await bench.caught_up()
            plain = recounted(await raw_events(bench.raw, bench.project))
            arrived = {(PSEUDONYMS.visitor(bench.project, sent["visitor"]), sent["timestamp"]) for sent in batch}
            grown = {key for key in plain if before.get(key, {}).get("events") != plain[key]["events"]}
            assert grown and grown <= told.keys() <= plain.keys() and len(told) <= len(arrived) + len(grown)
            for key, values in told.items():
                same(values, plain[key])
            before = plain
    return plain


@pytest.mark.parametrize(("seed", "visitors"), [(1, 100_000), (2, 2)])
async def test_features_of_scores_and_of_training_equal_a_recount_of_raw_events(bench, seed, visitors):
    plain = await scored_as_recounted(bench, random.Random(seed), visitors)
    values = {name: {each[name] for each in plain.values()} for name in NAMES}
    assert all(len(seen) > 1 for seen in values.values()), "every feature has something to tell"
    assert max(values["paths"]) == plain_features.AT_MOST
    await use_milliseconds(bench.analytics)
    trained = [each for each in await finished_sessions(bench.analytics, bench.project) if len(each.facts) < 60]
    assert len(trained) > 50
    events = await raw_events(bench.raw, bench.project)
    of_visitor = {}
    for session in plain_features.sessions_of(events):
        of_visitor.setdefault(session[0]["visitor"], []).append(session)
    for stored in trained:
        own = of_visitor[stored.facts[0].visitor]
        [place] = [place for place, session in enumerate(own) if session[0]["at"] == stored.started_at]
        examples = examples_of([stored], LEAVES_SOON)
        for moment, row in zip(sorted(moments(len(stored.facts))), examples.matrix.tolist(), strict=True):
            same(row, plain_features.features(own[place][: moment + 1], own[:place]))
