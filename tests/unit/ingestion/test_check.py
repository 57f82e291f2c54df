import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, Refused, check

EVENT = {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": "v"}


def judged(**changes):
    event = {name: value for name, value in (EVENT | changes).items() if value is not ...}
    return check(json.dumps(event).encode())


def test_a_good_event_passes_untouched():
    raw = json.dumps(EVENT | {"extra": {"kept": [1, 2]}}).encode()
    accepted = check(raw)
    assert isinstance(accepted, Accepted)
    assert accepted.raw == raw


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"type": ...}, "type", "missing_type"),
        ({"type": "trace"}, "type", "invalid_type"),
        ({"id": ...}, "id", "missing_id"),
        ({"id": ""}, "id", "missing_id"),
        ({"id": 5}, "id", "wrong_kind"),
        ({"visitor": ...}, "visitor", "missing_visitor"),
        ({"visitor": 5}, "visitor", "wrong_kind"),
        ({"name": ...}, "name", "missing_name"),
        ({"timestamp": "yesterday"}, "timestamp", "invalid_timestamp"),
        ({"timestamp": 1e300}, "timestamp", "invalid_timestamp"),
        ({"timestamp": -1e15}, "timestamp", "invalid_timestamp"),
        ({"properties": [1]}, "properties", "not_an_object"),
        ({"traits": "x"}, "traits", "not_an_object"),
        ({"context": 1}, "context", "not_an_object"),
        ({"vector": ["a"]}, "vector", "wrong_kind"),
        ({"vector": [1e39]}, "vector", "number_out_of_range"),
        ({"vector": [0.0] * (limits.VECTOR_NUMBERS + 1)}, "vector", "vector_too_long"),
        ({"name": "n" * (limits.TEXT_CHARACTERS + 1)}, "name", "text_too_long"),
        ({"properties": {"x": "x" * limits.EVENT_BYTES}}, None, "event_too_large"),
        ({"properties": {"x": "a\0b"}}, None, "unreadable_text"),
        ({"properties": {"x\0": 1}}, None, "unreadable_text"),
        ({"properties": {"x": "\ud800"}}, None, "not_json"),
        ({"properties": {"x": float("nan")}}, None, "not_json"),
        ({"properties": {"x": 10**400}}, None, "number_out_of_range"),
    ],
)
def test_a_bad_event_is_refused_with_field_and_reason(changes, field, reason):
    refused = judged(**changes)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.reason) == (field, reason)
    assert refused.message


def test_depth_is_limited_and_breadth_is_not():
    deep = json.loads("[" * limits.DEPTH + "]" * limits.DEPTH)
    assert judged(properties={"x": deep}).reason == "too_deep"
    assert isinstance(judged(properties={"x": [{} for _ in range(200)]}), Accepted)


def test_a_refused_event_keeps_its_id_so_that_the_sender_finds_it():
    assert judged(id="mine", timestamp="yesterday").id == "mine"
    assert judged(id="mine", properties={"x": "\ud800"}).id == "mine"


def test_an_implied_type_is_written_into_the_event():
    accepted = check(b' {"event": "Buy", "messageId": "m", "userId": "u"}', "track")
    assert json.loads(accepted.raw)["type"] == "track"


@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(raw):
    assert isinstance(check(raw), Accepted | Refused)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


# Making such values may be slow beside other work, which says nothing of what is tested.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from([*EVENT, "timestamp", "properties", "context", "vector", "userId"]), json_values)
)
def test_any_fields_get_an_answer(changes):
    assert isinstance(judged(**changes), Accepted | Refused)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ('{"a":"\\u0000","a":1}', "unreadable_text"),
        ('{"a\\\\\\u0000":1}', "unreadable_text"),
        ('{"a":' + "[" * 40 + "]" * 40 + ',"a":1}', "too_deep"),
        ('"a","properties":{}', "not_an_object"),
    ],
)
def test_what_stands_under_equal_keys_is_held_to_the_same(properties, reason):
    """Decoders keep the last of them, and PostgreSQL reads them all."""
    raw = '{"id":"1","type":"track","name":"A","visitor":"v","properties":%s}' % properties  # noqa: UP031
    assert check(raw.encode()).reason == reason


def test_a_backslash_before_what_looks_like_nul_is_text():
    raw = rb'{"id":"1","type":"track","name":"A","visitor":"v","properties":{"a":"\\u0000","b":"C:\\\\u0000"}}'
    assert isinstance(check(raw), Accepted)
