"""What goes wrong for simulated shoppers, and how they leave a form, is told as the engine tells it."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from gooddata.intelligence.facts.elements import clean_element
from gooddata.replay.shoppers.elements import FIELDS, FORM
from gooddata.replay.shoppers.reading import VECTOR
from gooddata.replay.shoppers.shop import Shop
from gooddata.replay.shoppers.visit import Visit, new_shopper, simulate_visit

PLACE = {field.name: number for number, field in enumerate(VECTOR.fields)}


@pytest.fixture(scope="module")
def visits(shop: Shop) -> list[Visit]:
    made = []
    for seed in range(1_200):
        rng = Random(f"forms {seed}")
        made.append(simulate_visit(rng, shop, new_shopper(rng)))
    return made


def events(visits: list[Visit], *names: str) -> list[dict[str, Any]]:
    return [moment.event for visit in visits for moment in visit.moments if moment.event.get("name") in names]


def test_elements_are_named_as_the_engine_can_name_them(visits: list[Visit]) -> None:
    paths = [event["properties"]["path"] for event in events(visits, "$click", "$rage_click", "$dead_click")]
    assert len(set(paths)) > 10
    assert all(clean_element(path) == path for path in [*paths, *FIELDS, FORM])


def test_a_form_that_is_begun_is_sent_or_left_on_the_same_page_view(visits: list[Visit]) -> None:
    for visit in visits:
        begun = False
        for moment in visit.moments:
            name = moment.event.get("name")
            assert not (begun and moment.event["type"] == "page")
            if name == "$form_start":
                begun = True
            elif name in ("$form_submit", "$form_abandon"):
                assert begun
                begun = False
        assert not begun
    sent, left = events(visits, "$form_submit"), events(visits, "$form_abandon")
    assert len(sent) == len(events(visits, "Order Completed")) > 20
    assert len(left) > 20
    for event in sent:
        assert [field["path"] for field in event["properties"]["fields"]] == list(FIELDS)
    for event in (*sent, *left):
        fields = event["properties"]["fields"]
        assert event["vector"][PLACE["form_fields"]] == len(fields)
        assert event["vector"][PLACE["form_hesitation_ms"]] == sum(field["hesitation_ms"] for field in fields)
    assert len({event["properties"]["fields"][-1]["path"] for event in left}) > 3


def test_nobody_shakes_a_finger(visits: list[Visit]) -> None:
    shaken = [
        "Mobile" in visit.context["userAgent"] or "iPad" in visit.context["userAgent"]
        for visit in visits
        for moment in visit.moments
        if moment.event.get("name") == "$cursor_thrash"
    ]
    assert shaken and not any(shaken)


def test_web_vitals_are_those_that_the_browser_can_measure_and_only_grow(visits: list[Visit]) -> None:
    reported: Counter[str] = Counter()
    for visit in visits:
        agent, last = visit.context["userAgent"], [0.0, 0.0]
        for event in (moment.event for moment in visit.moments if moment.event.get("name") == "$web_vitals"):
            lcp, cls, inp = (event["vector"][PLACE[name]] for name in ("lcp_ms", "cls_milli", "inp_ms"))
            assert lcp == event["properties"].get("lcp_ms", 0) and inp == event["properties"].get("inp_ms", 0)
            if "Firefox" in agent or "Version/" in agent:
                assert cls == event["properties"]["cls"] == 0
            if "Version/" in agent:
                assert lcp == inp == 0
            assert cls >= last[0] and inp >= last[1]
            last = [cls, inp]
            reported[event["context"]["page"]["path"]] += 1
    assert len(reported) > 10
