import math
from pathlib import Path
from random import Random

import pytest

from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.sessions.features import FEATURES, NAMES, features
from gooddata.intelligence.sessions.history import FIRST_VISIT, History
from gooddata.intelligence.sessions.state import SessionState
from tests.unit.intelligence.given import DAY, HOUR, MINUTE, START, a_fact, a_session


def told(session):
    return dict(zip(NAMES, features(session), strict=True))


def test_every_feature_has_a_name_a_unit_a_meaning_and_a_source():
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert feature.name and feature.unit and feature.meaning and feature.source
    assert [name for name in NAMES if name.startswith("vector.")] == [f"vector.{field.name}" for field in FIELDS.fields]


def test_a_shopping_visit_in_numbers():
    vector = [float(n) for n in range(len(FIELDS.fields))]
    session = a_session(
        [
            a_fact(START, "page", path="/", source="google", campaign="autumn", device="mobile"),
            a_fact(START + 10_000, "page", "Product Viewed", path="/a", product="a", category="tea", value=10.0),
            a_fact(START + 20_000, name="$click", vector=vector),
            a_fact(START + 30_000, "page", "Product Viewed", path="/a", product="a", category="tea", value=10.0),
            a_fact(START + 50_000, name="Product Added", product="a", value=20.0, path="/a"),
            a_fact(START + 60_000, name="$engagement", engaged_ms=9_000, scroll=55.0),
            a_fact(START + 90_000, name="Checkout Started"),
        ],
        History(3, 1, START - 2 * DAY),
    )
    found = told(session)
    assert found | {
        "events": 7, "pageviews": 3, "paths": 2, "clicks": 1, "interactions": 3, "product_views": 2, "products": 1,
        "product_repeats": 1, "categories": 1, "adds": 1, "checkouts": 1, "value_seen": 20.0, "dearest": 10.0,
        "value_added": 20.0, "since_start_ms": 90_000, "since_add_ms": 40_000, "last_gap_ms": 30_000,
        "mean_gap_ms": 15_000, "engaged_ms": 9_000, "scroll": 55.0, "earlier_sessions": 3, "earlier_conversions": 1,
        "days_since_visit": 2.0, "from_search": True, "from_social": False, "from_campaign": True, "on_mobile": True,
        "hour": pytest.approx((START + 90_000) % DAY / HOUR), f"vector.{FIELDS.fields[3].name}": 3.0,
    } == found  # fmt: skip


def test_a_plain_page_view_of_an_unknown_visitor_leaves_blanks():
    found = told(a_session([a_fact(START, "page", path="/")]))
    blank = {name for name, value in found.items() if math.isnan(value)}
    assert blank == {"since_add_ms", "last_gap_ms", "mean_gap_ms", "days_since_visit"} | {
        name for name in NAMES if name.startswith("vector.")
    }


def test_the_weekday_is_mondays_distance():
    assert told(a_session([a_fact(0)]))["weekday"] == 3, "the epoch began on a Thursday"


def some_visit(rng):
    names = ["Product Viewed", "Product Added", "Order Completed", "$click", "$engagement"]
    return [
        a_fact(
            START + rng.randrange(30) * MINUTE,
            rng.choice(["page", "track", "identify"]),
            rng.choice(names),
            path=rng.choice(["/", "/a", None]),
            product=rng.choice("abc"),
            value=rng.choice([None, 0.1, 0.2, 1e6]),
            engaged_ms=rng.choice([None, 7]),
            scroll=rng.choice([None, 30.0]),
            vector=rng.choice([None, [rng.random()] * len(FIELDS.fields)]),
        )
        for _ in range(rng.randrange(1, 30))
    ]


@pytest.mark.parametrize("seed", range(40))
def test_growing_with_every_event_gives_what_starting_over_gives(seed):
    """After each event the features equal those computed from scratch, whatever the order within what happened."""
    rng = Random(seed)
    facts = sorted(some_visit(rng), key=lambda fact: fact.at)
    growing = SessionState(None, FIRST_VISIT, facts[0])
    for place in range(1, len(facts) + 1):
        if place > 1:
            growing.update(facts[place - 1])
        first, *others = facts[:place]
        rng.shuffle(others)
        scratch = SessionState(None, FIRST_VISIT, first)
        for fact in others:
            scratch.update(fact)
        assert features(scratch) == pytest.approx(features(growing), nan_ok=True, rel=0, abs=0)


def test_the_docs_list_every_feature():
    text = (Path(__file__).parents[4] / "docs" / "intelligence.md").read_text()
    for feature in FEATURES:
        assert f"| `{feature.name}` | {feature.unit} | {feature.meaning} | {feature.source} |" in text
