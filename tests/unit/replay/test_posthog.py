import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.ingestion.dialects.posthog.translate import translated
from gooddata.replay import posthog
from gooddata.replay.row import Malformed, Row

AT = "2026-11-02T08:30:00.250000Z"
ID = "0190b8f0-5f0e-7a53-8f5c-1d0a4b1b2c3d"
SURROUNDINGS = {
    "$current_url": "https://shop.example/tea",
    "$referrer": "$direct",
    "utm_source": "news",
    "$os": "Linux",
}
ROWS = [
    ("$pageview", {**SURROUNDINGS, "title": "Tea", "$session_id": "s1", "token": "phc_1"}),
    ("Order Completed", {"revenue": 42.5, "$is_identified": True, "$browser_type": "bot"}),
    ("$identify", {"$anon_distinct_id": "anon-1", "$set": {"plan": "team"}, "$lib": "web"}),
    ("$set", {"$set": {"plan": "pro"}, "$set_once": {"first": 1}}),
    ("$create_alias", {"alias": "other"}),
    ("$create_alias", {"alias": "other", "$is_identified": False}),
    ("$groupidentify", {"$group_type": "company", "$group_key": 7, "$group_set": {"name": "Fern"}}),
    ("$screen", {"$screen_name": "Home", "$app_version": "1.2"}),
    ("$autocapture", {"$event_type": "click", "$user_id": "u9"}),
]


def exported(name, properties):
    return {"uuid": ID, "event": name, "distinct_id": "visitor-1", "properties": properties, "timestamp": AT}


def read(*lines):
    reader = posthog.reader()
    return [reader(line) for line in lines]


@pytest.mark.parametrize(("name", "properties"), ROWS)
def test_an_exported_event_becomes_what_the_same_event_from_an_sdk_becomes(name, properties):
    row = exported(name, properties)
    [form], _ = translated([msgspec.Raw(json.dumps(row).encode())], 0, None)
    sent = json.loads(bytes(form))
    assert sent.pop("timestamp") == AT
    [read_row] = read(json.dumps(row))
    assert read_row == Row(1793608200250, sent)


def test_a_table_of_the_same_columns_says_the_same():
    row = exported("Order Completed", {"revenue": 42.5, "note": 'two\nlines, and a "quote"'})
    text = json.dumps(row["properties"]).replace('"', '""')
    table = f'uuid,event,distinct_id,timestamp,properties,person_id\n{ID},Order Completed,visitor-1,{AT},"{text}",p1'
    assert read(*table.split("\n"))[1:] == read(json.dumps(row))


def test_properties_may_be_text_and_what_stands_beside_them_is_set():
    row = exported("Signed up", json.dumps({"$set": {"a": 1}})) | {"set": {"b": 2}, "person_id": "p1", "created_at": AT}
    [read_row] = read(json.dumps(row))
    assert read_row.event["properties"] == {"$set": {"a": 1, "b": 2}}
    assert "person_id" not in read_row.event


def test_says_what_is_wrong_with_a_line():
    assert read(
        "{", '{"event":"a","distinct_id":"v"}', json.dumps(exported("", {})), json.dumps(exported("a", "["))
    ) == [
        Malformed("no JSON"),
        Malformed("timestamp is neither ISO 8601 nor epoch milliseconds"),
        Malformed("no event or distinct_id"),
        Malformed("properties are no JSON object"),
    ]
    assert read("uuid,event") == [Malformed("the header has no distinct_id, timestamp")]


@given(
    st.lists(
        st.text()
        | st.builds(
            json.dumps,
            st.dictionaries(
                st.sampled_from(["event", "distinct_id", "timestamp", "properties", "set"]),
                st.none() | st.integers() | st.text() | st.just(AT) | st.dictionaries(st.text(), st.integers()),
            ),
        )
    )
)
def test_reads_any_text_without_failing(lines):
    for entry in read(*lines):
        assert entry is None or isinstance(entry, Row | Malformed)
