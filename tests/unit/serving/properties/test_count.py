import pytest

from gooddata.errors import InputError
from gooddata.serving.properties.count import Scale, properties_of, values_of
from gooddata.serving.properties.events import COLUMNS, Condition, Event, event_of, parse_conditions

ONCE = Scale()


def event(others=None, visitor=1, session=1, **columns):
    return event_of((visitor, session, *(columns.get(name) for name in COLUMNS), others))


def test_columns_and_allowed_properties_are_told_by_how_many_events_have_them():
    events = [
        event(product="a", value=2.5, others='{"size": "L", "gift": true}'),
        event(product="b", others='{"size": "M"}'),
        event(product="a"),
    ]
    assert properties_of(events, ONCE) == [
        {"property": "product", "built_in": True, "kind": "text", "events": 3, "values": 2},
        {"property": "size", "built_in": False, "kind": "text", "events": 2, "values": 2},
        {"property": "gift", "built_in": False, "kind": "boolean", "events": 1, "values": 1},
        {"property": "value", "built_in": True, "kind": "number", "events": 1, "values": 1},
    ]


def test_what_has_the_name_of_a_column_is_told_by_the_column():
    assert event(category="shoes", others='{"category": "hats"}').properties == {"category": "shoes"}
    assert event(others='{"category": "hats", "size": null}').properties == {}


def test_true_one_and_the_text_one_are_three_values_of_the_kind_that_most_have():
    events = [event(others=text) for text in ('{"n": 1}', '{"n": true}', '{"n": "1"}', '{"n": 1.0}')]
    [told] = properties_of(events, ONCE)
    assert (told["kind"], told["values"], told["events"]) == ("number", 3, 4)
    found = values_of(events, "n", ONCE, 10, 0)
    assert [(each["value"], each["events"]) for each in found["rows"]] == [(1, 2), (True, 1), ("1", 1)]
    assert found["rows"][1]["value"] is True
    assert found["numbers"]["count"] == 2


def test_values_are_counted_by_event_visitor_and_session_and_paged():
    events = [
        event('{"size": "L"}', 1, 1, revenue=10.0),
        event('{"size": "L"}', 1, 2),
        event('{"size": "M"}', 2, 3, revenue=5.5),
        event(None, 3, 4, revenue=99.0),
        event('{"size": "S"}', 2, 3),
    ]
    found = values_of(events, "size", ONCE, 2, 0)
    assert (found["kind"], found["events"], found["values"], found["numbers"]) == ("text", 4, 3, None)
    assert found["rows"] == [
        {"value": "L", "events": 2, "visitors": 1, "sessions": 2, "revenue": 10.0},
        {"value": "M", "events": 1, "visitors": 1, "sessions": 1, "revenue": 5.5},
    ]
    [last] = values_of(events, "size", ONCE, 2, 2)["rows"]
    assert (last["value"], last["revenue"]) == ("S", None)
    assert values_of([], "size", ONCE, 1, 0) == {"kind": None, "events": 0, "values": 0, "rows": [], "numbers": None}


def test_counts_of_a_share_are_scaled_and_means_are_not():
    events = [event(visitor=1, session=1, value=2.0, revenue=1.0), event(visitor=2, session=2, value=4.0, revenue=1.0)]
    found = values_of(events, "value", Scale(events=10, visitors=3, sessions=5), 10, 0)
    assert found["events"] == 20
    assert found["rows"][0] == {"value": 2.0, "events": 10, "visitors": 3, "sessions": 5, "revenue": 10.0}
    numbers = found["numbers"]
    assert (numbers["count"], numbers["sum"], numbers["mean"], numbers["max"]) == (20, 60.0, 3.0, 4.0)
    assert sum(bucket["count"] for bucket in numbers["buckets"]) == 20
    assert properties_of([event(product="a")], Scale(events=7))[0]["events"] == 7


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("n==2", 2.0, True), ("n==2", "2", True), ("n==2.5", 2.5, True), ("n==true", True, True), ("n==1", True, False),
        ("n==a==b", "a==b", True), ("n==A", "a", False), ("m==2", 2, False), ("n==", "", True),
    ],
)  # fmt: skip
def test_a_condition_compares_values_as_text(text, value, holds):
    [condition] = parse_conditions([text])
    assert condition.holds(Event(1, 1, {"n": value})) is holds


def test_conditions_have_limits():
    assert parse_conditions(None) == ()
    assert parse_conditions([f"a=={'x' * 512}"] * 5) == (Condition("a", "x" * 512),) * 5
    for refused in (["a=b"], ["==b"], [f"a=={'x' * 513}"], ["a==b"] * 6):
        with pytest.raises(InputError) as failure:
            parse_conditions(refused)
        assert failure.value.field == "where"
