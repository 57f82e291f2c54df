import json
import socket
import threading

import pytest

from gooddata.errors import InputError
from gooddata.ingestion import limits
from gooddata.ingestion.rules.plan import Plan, read_plan

ORDER = {
    "type": "object",
    "required": ["order_id"],
    "additionalProperties": False,
    "properties": {
        "order_id": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "items": {"type": "array", "items": {"properties": {"price": {"type": "number"}}}},
    },
}


def plan(**document):
    return Plan(read_plan(json.dumps(document).encode()))


def difference(planned, **event):
    found = planned.violation(json.dumps({"type": "track"} | event).encode())
    return found and (found.field, found.place)


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"order_id": "o1"}, None),
        ({"order_id": "o1", "items": [{"price": 1.5}]}, None),
        ({}, ("properties.order_id", "properties.order_id")),
        (None, ("properties.order_id", "properties.order_id")),
        ({"order_id": 7}, ("properties.order_id", "properties.order_id")),
        ({"order_id": "o1", "email": "nobody"}, ("properties.email", "properties.email")),
        ({"order_id": "o1", "extra": 1}, ("properties.extra", "properties.extra")),
        (
            {"order_id": "o1", "items": [{"price": 1}, {"price": "2"}]},
            ("properties.items.1.price", "properties.items.*.price"),
        ),
    ],
)
def test_the_field_that_does_not_fit_is_named(properties, found):
    planned = plan(events={"Order Completed": ORDER})
    assert difference(planned, name="Order Completed", properties=properties) == found
    assert difference(planned, event="Order Completed", properties=properties) == found


def test_what_was_sent_is_not_in_the_message():
    planned = plan(events={"Order Completed": ORDER})
    sent = b'{"type":"track","name":"Order Completed","properties":{"order_id":"1","email":"secret text"}}'
    assert "secret" not in planned.violation(sent).message


def test_other_types_are_planned_by_type_and_people_by_their_traits():
    planned = plan(types={"identify": {"required": ["plan"]}, "page": {"required": ["title"]}})
    assert difference(planned, type="identify", traits={"plan": "free"}) is None
    assert difference(planned, type="identify") == ("traits.plan", "traits.plan")
    assert difference(planned, type="identify", properties={"plan": "free"}) is None
    assert difference(planned, type="page", name="Home", properties={}) == ("properties.title", "properties.title")
    assert difference(planned, type="screen") is None


def test_what_is_not_planned_passes_unless_the_plan_is_closed():
    assert difference(plan(events={"A": True}), name="B") is None
    closed = plan(events={"A": True}, types={"page": True}, unplanned="reject")
    assert difference(closed, name="A") is None
    assert difference(closed, type="page") is None
    assert difference(closed, name="B") == ("name", "name")
    assert difference(closed, event="B") == ("event", "event")
    assert difference(closed, type="screen", name="A") == ("type", "type")


def test_what_the_engine_records_by_itself_needs_no_plan():
    closed = plan(events={"$rage": {"required": ["x"]}}, unplanned="reject")
    assert difference(closed, name="$click") is None
    assert difference(closed, name="$rage") == ("properties.x", "properties.x")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"[]", "plan cannot be read"),
        (b"{", "plan cannot be read"),
        (b'{"mode": "strict"}', "mode"),
        (b'{"event": {}}', "event"),
        (b'{"types": {"track": {}}}', "track"),
        (b'{"events": {"A": {"type": "nonsense"}}}', "the event 'A' is no usable JSON Schema: /type"),
        (b'{"events": {"A": {"properties": {"x": {"pattern": "("}}}}}', "'A'"),
        (b'{"events": {"A": {"properties": {"x": {"pattern": "(?=x)"}}}}}', "'A'"),
        (b'{"types": {"page": {"$ref": "#/$defs/nowhere"}}}', "the type 'page'"),
        (b'{"events": {"A": {"$ref": "file:///etc/hostname"}}}', "'A'"),
        (b'{"events": {"A": {"$schema": "https://example.com/none"}}}', "'A'"),
        (b'{"events": {"A": ' + b'{"properties":{"a":' * 400 + b"{}" + b"}}" * 400 + b"}}", "'A'"),
        (b"[" * 100_000, "plan cannot be read"),
        (b"\xff", "plan cannot be read"),
        (b" " * limits.PLAN_BYTES + b"{}", "bytes"),
        (json.dumps({"events": {str(n): True for n in range(limits.PLAN_EVENTS + 1)}}).encode(), "names 501 events"),
    ],
)
def test_a_bad_plan_is_refused_with_what_is_wrong(document, said):
    with pytest.raises(InputError) as refusal:
        read_plan(document)
    assert said in str(refusal.value)


def test_a_reference_to_another_place_is_not_fetched():
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            server.settimeout(1)
            try:
                asked.append(server.accept())
            except TimeoutError:
                return

        listening = threading.Thread(target=listen)
        listening.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        with pytest.raises(InputError, match="Retrieval is disabled"):
            plan(events={"A": {"$ref": url}})
        listening.join()
    assert not asked


def test_a_regular_expression_takes_linear_time():
    planned = plan(events={"A": {"properties": {"x": {"pattern": "^(a+)+$"}}}})
    assert difference(planned, name="A", properties={"x": "a" * 30_000 + "b"}) == ("properties.x", "properties.x")
