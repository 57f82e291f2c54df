"""What the quick way lets through is what the careful way accepts, too."""

import json
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, check
from gooddata.ingestion.usual import USUAL_DEPTH, decode_usual

EVENT = {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": "v"}


def decoded(**changes):
    return decode_usual(json.dumps([EVENT | changes]).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"timestamp": 1_790_000_000_000, "session": "s", "vector": [1, 2.5, -1e30]},
        {"timestamp": "2026-11-25T10:00:00.123+02:00", "properties": {"price": 1e-9, "tags": ["a", None, True]}},
        {"properties": {"quote": 'a "b" \\ \n ü'}, "context": {"page": {"path": "/"}}, "user": "u"},
        {"messageId": "m", "anonymousId": "a", "userId": "u", "integrations": {"All": True}, "traits": {}},
    ],
)
def test_what_libraries_send_is_usual(changes):
    assert decoded(**changes) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "trace"},
        {"name": None},
        {"name": "n" * (limits.TEXT_CHARACTERS + 1)},
        {"timestamp": "yesterday"},
        {"timestamp": 1e300},
        {"properties": [1]},
        {"properties": {"x": 10**400}},
        {"properties": {"x": "a\0b"}},
        {"properties": {"x": "\ud800"}},
        {"properties": {"x": float("nan")}},
        {"vector": [1e39]},
        {"vector": [0] * (limits.VECTOR_NUMBERS + 1)},
        {"unheard_of": 1},
        {"integrations": {"x": 10**400}},
    ],
)
def test_everything_else_gets_a_closer_look(changes):
    assert decoded(**changes) is None


def test_what_nests_deeper_than_the_types_go_gets_a_closer_look():
    within = json.loads("[" * USUAL_DEPTH + "]" * USUAL_DEPTH)
    assert decoded(properties={"x": within}) is not None
    assert decoded(properties={"x": [within]}) is None
    assert isinstance(check(json.dumps(EVENT | {"properties": {"x": [within]}}).encode()), Accepted)


texts = st.text(max_size=8) | st.sampled_from(["\0", "\ud800", "\\u0000", "é", "x" * 600])
numbers = st.integers() | st.floats() | st.sampled_from([10**308, 10**309, -(10**400), 1e308])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
fields = [
    "type",
    "id",
    "name",
    "visitor",
    "user",
    "timestamp",
    "properties",
    "context",
    "traits",
    "vector",
    "messageId",
]


@given(st.dictionaries(st.sampled_from([*fields, "groupId", "x"]), values, max_size=4))
def test_the_quick_way_lets_nothing_through_that_the_careful_way_refuses(changes):
    raw = json.dumps(EVENT | changes).encode()
    usual = decode_usual(b"[%b]" % raw)
    if usual is None:
        return
    [event] = usual
    careful = check(raw)
    if not (event.id or event.message_id) or not (event.visitor or event.anonymous_id or event.user or event.user_id):
        assert not isinstance(careful, Accepted)
        return
    assert isinstance(careful, Accepted), careful
    assert careful.id == (event.id or event.message_id)
    msgspec.json.decode(raw)
