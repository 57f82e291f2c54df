from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.replay import ndjson
from gooddata.replay.row import Malformed, Row

EXPORTED = {
    "id": "0195f1d2-0000-7000-8000-000000000001",
    "message_id": "0195f1d2-0000-7000-8000-000000000001",
    "project_id": "p1",
    "type": "track",
    "name": "Product Added",
    "visitor": "v1",
    "user": None,
    "session": "s1",
    "timestamp": "2026-01-02T03:04:05.678+00:00",
    "received_at": "2026-01-02T03:04:06+00:00",
    "properties": {"price": 12.5, "nested": {"a": [1, None]}},
    "context": {"page": {"path": "/"}},
    "vector": [1.0, 2.5],
    "batch_id": "0-17",
}


def read(said: Any) -> Row | Malformed | None:
    return ndjson.reader()(said if isinstance(said, str) else msgspec.json.encode(said).decode())


def event(**changed: Any) -> dict[str, Any]:
    row = read({**EXPORTED, **changed})
    assert isinstance(row, Row), row
    return row.event


def test_an_exported_event_comes_back_as_it_was_sent() -> None:
    row = read(EXPORTED)
    assert isinstance(row, Row)
    assert row.at == datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC).timestamp() * 1_000
    kept = ("id", "type", "name", "visitor", "session", "properties", "context", "vector")
    assert row.event == {name: EXPORTED[name] for name in kept}


def test_an_id_that_was_derived_stays_and_the_senders_own_is_kept_beside_it() -> None:
    made = event(message_id="order-17")
    assert (made["id"], made["messageId"]) == (EXPORTED["id"], "order-17")


def test_a_row_with_a_message_id_alone_keeps_it() -> None:
    made = event(id=None, message_id="order-17")
    assert made["messageId"] == "order-17" and "id" not in made


def test_what_an_identify_event_says_are_traits() -> None:
    made = event(type="identify", name=None)
    assert made["traits"] == EXPORTED["properties"] and "properties" not in made


def test_events_in_the_shape_of_the_api_are_taken_too() -> None:
    row = read({"messageId": "m", "event": "Seen", "anonymousId": "a", "timestamp": 1_700_000_000_000})
    assert row == Row(1_700_000_000_000, {"messageId": "m", "event": "Seen", "anonymousId": "a"})


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1970-01-01T00:00:01Z", 1_000),
        ("1970-01-01 00:00:01.5+00", 1_500),
        ("1970-01-01T01:00:01.123456+01:00", 1_123),
        ("1970-01-01T00:00:01", 1_000),
        (1_500, 1_500),
        (1_500.4, 1_500),
    ],
)
def test_times_are_read_as_written(written: Any, at: int) -> None:
    row = read({**EXPORTED, "timestamp": written})
    assert isinstance(row, Row)
    assert row.at == at


@pytest.mark.parametrize("written", [None, "", "yesterday", True, [], -1, 1e300, "9999-99-99"])
def test_an_event_without_a_time_is_malformed(written: Any) -> None:
    assert isinstance(read({**EXPORTED, "timestamp": written}), Malformed)


def test_lines_that_are_no_object_are_malformed() -> None:
    assert read("{") == Malformed("no JSON")
    assert read("[" * 100_000) == Malformed("no JSON")
    assert read("[1]") == Malformed("no JSON object")
    assert read("  ") is None


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(_json)
def test_reads_any_json_without_failing(said: Any) -> None:
    assert isinstance(read(msgspec.json.encode(said).decode()), Row | Malformed)


@given(st.text())
def test_reads_any_text_without_failing(said: str) -> None:
    entry = read(said)
    assert entry is None or isinstance(entry, Row | Malformed)


@given(st.dictionaries(st.text(), _json, max_size=4), st.dictionaries(st.text(), _json, max_size=4))
def test_whatever_an_event_carries_is_carried_on(properties: dict[str, Any], context: dict[str, Any]) -> None:
    made = event(properties=properties, context=context)
    assert (made["properties"], made["context"]) == (properties, context)
