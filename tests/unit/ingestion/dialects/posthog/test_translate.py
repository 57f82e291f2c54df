import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, Refused, check
from gooddata.ingestion.dialects.posthog.translate import translated
from gooddata.ingestion.settle import Clock
from gooddata.intelligence.facts.surroundings import surroundings
from gooddata.intelligence.facts.wire import decode_sent
from gooddata.posthog import PLACES

NOW = 1_795_000_000_000
ID = "01a21253-d27b-7bd0-815b-1383dbae0f28"


def raw(event):
    return msgspec.Raw(json.dumps(event).encode())


def form(more=None, *, received_at=NOW, sent_at=None, **fields):
    [one], _ = translated([raw({"event": "Buy", "distinct_id": "v", **(more or {}), **fields})], received_at, sent_at)
    return json.loads(bytes(one))


def test_an_event_is_a_track_call_with_its_name_visitor_and_properties():
    properties = {"price": 1.5, "nested": {"a": [1, None]}, "$set": {"vip": True}, "token": "gw", "distinct_id": "v"}
    assert form(uuid=ID, timestamp="2026-11-25T10:00:00Z", properties=properties) == {
        "id": ID,
        "type": "track",
        "name": "Buy",
        "visitor": "v",
        "timestamp": "2026-11-25T10:00:00Z",
        "properties": {"price": 1.5, "nested": {"a": [1, None]}, "$set": {"vip": True}},
        "context": {},
    }


def test_numbers_stay_as_they_were_written():
    [one], _ = translated([msgspec.Raw(b'{"event":"a","distinct_id":"v","properties":{"n":1e2,"m":1.10}}')], NOW, None)
    assert b'"properties":{"n":1e2,"m":1.10}' in bytes(one)


def test_the_distinct_id_may_be_a_number_or_among_the_properties():
    assert form(distinct_id=42)["visitor"] == "42"
    assert form(distinct_id=None, properties={"distinct_id": "p"})["visitor"] == "p"
    assert "visitor" not in form(distinct_id="")


@pytest.mark.parametrize(
    ("properties", "user"),
    [
        ({"$user_id": "u", "$is_identified": True}, "u"),
        ({"$is_identified": True}, "v"),
        ({"$is_identified": False}, None),
        ({"$user_id": None}, None),
        ({}, None),
    ],
)
def test_there_is_a_user_where_the_sdk_says_so(properties, user):
    assert form(properties=properties).get("user") == user


def test_identify_joins_the_anonymous_visitor_and_the_user():
    event = {"event": "$identify", "distinct_id": "u", "$set": {"plan": "free"}, "$set_once": {"first": 1}}
    identified = form(event, properties={"$anon_distinct_id": "a", "$lib": "web", "$screen_dpi": 2, "$user_id": "u"})
    assert (identified["type"], identified["user"], identified["visitor"]) == ("identify", "u", "a")
    assert (identified["traits"], identified["traitsOnce"]) == ({"plan": "free"}, {"first": 1})
    assert identified["context"] == {"library": {"name": "web"}, "posthog": {"$screen_dpi": 2, "$user_id": "u"}}
    assert "properties" not in identified and "name" not in identified


def test_identify_without_an_anonymous_visitor_has_the_user_stand_in():
    identified = form(event="$identify", distinct_id="u", properties={"$set": {"plan": "free"}, "$set_once": None})
    assert (identified["user"], identified["visitor"], identified["traits"]) == ("u", "u", {"plan": "free"})
    assert "traitsOnce" not in identified


def test_traits_beside_the_properties_win_over_those_within():
    event = {"event": "$identify", "$set": {"a": 2}, "properties": {"$set": {"a": 1, "b": 1}}}
    assert form(event)["traits"] == {"a": 2, "b": 1}
    assert form(event | {"$set": {}})["traits"] == {"a": 1, "b": 1}


@pytest.mark.parametrize("name", ["$set", "$set_once"])
def test_setting_traits_identifies_nobody_new(name):
    changed = form({"event": name, name: {"plan": "team"}})
    assert (changed["type"], changed["visitor"], "user" in changed) == ("identify", "v", False)
    assert changed["traits" if name == "$set" else "traitsOnce"] == {"plan": "team"}


def test_an_alias_is_merged_into_the_distinct_id():
    event = {"event": "$create_alias", "properties": {"distinct_id": "v", "alias": "former"}}
    alias = form(event)
    assert (alias["type"], alias["user"], alias["previousId"], alias["visitor"]) == ("alias", "v", "former", "v")


def test_an_anonymous_browser_is_merged_into_its_alias():
    alias = form(event="$create_alias", properties={"alias": "me", "$is_identified": False})
    assert (alias["user"], alias["previousId"], alias["visitor"]) == ("me", "v", "v")


def test_a_groups_properties_are_its_traits():
    properties = {"$group_type": "company", "$group_key": 7, "$group_set": {"name": "Acme"}}
    group = form(event="$groupidentify", properties=properties)
    assert (group["type"], group["groupType"], group["groupId"]) == ("group", "company", "7")
    assert group["traits"] == {"name": "Acme"}


def test_page_and_screen_views_are_such():
    page = form(event="$pageview", properties={"$current_url": "https://a.example/x?y", "title": "X", "mine": 1})
    assert (page["type"], page["properties"], "name" in page) == ("page", {"mine": 1}, False)
    assert page["context"]["page"] == {"url": "https://a.example/x?y", "title": "X"}
    screen = form(event="$screen", properties={"$screen_name": "Main"})
    assert (screen["type"], screen["name"]) == ("screen", "Main")
    assert form(properties={"title": "Mr"})["properties"] == {"title": "Mr"}


def test_surroundings_go_to_the_context_and_nulls_nowhere():
    properties = {name: f"value of {name}" for name in PLACES} | {"utm_term": None, "$referrer": "$direct"}
    moved = form(properties=properties)
    assert moved["properties"] == {}
    assert moved["context"]["campaign"] == {
        "source": "value of utm_source",
        "medium": "value of utm_medium",
        "name": "value of utm_campaign",
        "content": "value of utm_content",
    }
    assert moved["context"]["page"] == {"url": "value of $current_url", "path": "value of $pathname"}
    assert moved["context"]["userAgent"] == "value of $raw_user_agent"
    assert form(properties={"$browser_type": "bot"})["context"]["automation"] is True


def test_workers_read_the_page_the_source_and_the_campaign_of_a_translated_event():
    properties = {
        "$current_url": "https://shop.example/shoes?utm_source=news&utm_campaign=autumn",
        "$pathname": "/shoes",
        "$referrer": "https://www.google.com/",
        "$raw_user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
        "utm_source": "news",
        "utm_campaign": "autumn",
    }

    def read(**fields):
        sent = decode_sent(json.dumps(form(event="$pageview", properties=properties | fields)))
        return surroundings(sent.context)

    seen = read()
    assert (seen.path, seen.source, seen.campaign, seen.device) == ("/shoes", "news", "autumn", "mobile")
    bare = {"utm_source": None, "utm_campaign": None, "$current_url": None}
    assert read(**bare).source == "google"
    assert read(**bare, **{"$referrer": "$direct"}).source is None
    assert (read().automated, read(**{"$browser_type": "bot"}).automated) == (False, True)


def test_every_place_is_documented():
    table = (Path(__file__).parents[5] / "docs" / "sdks.md").read_text().split("### What is stored")[1]
    for name, (*outer, inner) in PLACES.items():
        [line] = [line for line in table.splitlines() if f"`{name}`" in line and "context." in line]
        assert f"context.{'.'.join([*outer, inner])}`" in line or f"`.{inner}`" in line


def test_the_newer_protocol_means_the_same():
    event = {
        "session_id": "s",
        "window_id": "w",
        "options": {"process_person_profile": False, "product_tour_id": "t"},
        "properties": {"price": 1},
    }
    newer = form(event)
    assert newer["session"] == "s"
    assert newer["properties"] == {
        "price": 1,
        "$window_id": "w",
        "$process_person_profile": False,
        "$product_tour_id": "t",
    }


def settled(one, sent_at):
    """The time at which the event counts, as ingestion settles it."""
    checked = check(json.dumps(one).encode())
    assert isinstance(checked, Accepted)
    return Clock.of(NOW, sent_at, 30).settle([checked.timestamp])[0]


@pytest.mark.parametrize("sent_at", [None, NOW - 3_600_000, NOW + 3_600_000])
def test_an_offset_counts_from_the_arrival_whatever_the_senders_clock(sent_at):
    one = form(offset=1_500, sent_at=sent_at)
    assert settled(one, sent_at) == NOW - 1_500


def test_a_timestamp_is_corrected_unless_the_sender_forbids_it():
    sent_at = NOW - 3_600_000
    at = datetime.fromtimestamp((sent_at - 1_000) / 1000, UTC).isoformat()
    assert settled(form(timestamp=at, sent_at=sent_at), sent_at) == NOW - 1_000
    for fields in ({"properties": {"$ignore_sent_at": True}}, {"options": {"disable_skew_correction": True}}):
        assert settled(form(timestamp=at, sent_at=sent_at, **fields), sent_at) == sent_at - 1_000


def test_the_same_bytes_have_the_same_id_and_copies_in_one_request_each_their_own():
    event = raw({"event": "Buy", "distinct_id": "v", "timestamp": "2026-11-25T10:00:00Z"})

    def ids(*events, received_at=NOW):
        return [json.loads(bytes(one))["id"] for one in translated(events, received_at, None)[0]]

    first, second = ids(event, event)
    assert first != second
    assert (
        ids(event, raw({"event": "x"}), event)[::2]
        == ids(event, event, received_at=NOW + 86_400_000)
        == [first, second]
    )
    assert uuid.UUID(first).version == 5


def test_bytes_that_hold_no_time_count_once_a_minute():
    minute = NOW - NOW % 60_000
    same = {form(received_at=at)["id"] for at in (minute, minute + 59_999)}
    assert len(same) == 1
    assert form(received_at=minute + 60_000)["id"] not in same


def test_an_insert_id_stands_in_for_the_uuid():
    assert form(properties={"$insert_id": "i1"})["id"] == "i1"
    assert form(uuid=ID, properties={"$insert_id": "i1"})["id"] == ID


@pytest.mark.parametrize(
    ("event", "field", "reason"),
    [
        ({"distinct_id": {"a": 1}}, "visitor", "wrong_kind"),
        ({"distinct_id": None}, "visitor", "missing_visitor"),
        ({"event": None}, "name", "missing_name"),
        ({"event": 5}, "name", "wrong_kind"),
        ({"uuid": 5}, "id", "wrong_kind"),
        ({"properties": [1]}, "properties", "not_an_object"),
        ({"timestamp": "yesterday"}, "timestamp", "invalid_timestamp"),
        ({"properties": {"x": "a\0"}}, None, "unreadable_text"),
        ({"event": "$identify", "$set": "x"}, "traits", "not_an_object"),
        ({"properties": {"x": "y" * limits.EVENT_BYTES}}, None, "event_too_large"),
    ],
)
def test_what_is_wrong_is_told_as_of_any_other_event(event, field, reason):
    [one], _ = translated([raw({"event": "Buy", "distinct_id": "v"} | event)], NOW, None)
    refused = check(bytes(one))
    assert isinstance(refused, Refused)
    assert (refused.field, refused.reason) == (field, reason)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["event", "uuid", "distinct_id", "timestamp", "offset", "properties", "$set", "$set_once", "session_id", "options"]
)
names = st.sampled_from(["$identify", "$set", "$create_alias", "$groupidentify", "$pageview", "$screen", "Buy"])
known = st.sampled_from([*PLACES, "$user_id", "$is_identified", "alias", "$group_key", "title", "$session_id", "$set"])


@given(
    st.lists(
        anything
        | st.dictionaries(fields, anything)
        | st.builds(
            lambda event, properties, rest: rest | {"event": event, "properties": properties},
            names,
            st.dictionaries(known, anything),
            st.dictionaries(fields, anything),
        )
    ),
    anything,
)
def test_whatever_is_sent_is_passed_on_for_judgement(events, sent_at):
    forms, ids = translated([raw(event) for event in events], NOW, sent_at)
    assert len(forms) == len(ids) == len(events)
    for one in forms:
        judged = check(bytes(one))
        if isinstance(judged, Accepted):
            assert judged.id and judged.visitor
