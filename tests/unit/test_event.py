import json
import uuid

from hypothesis import given
from hypothesis import strategies as st

from gooddata.event import decode_batch, derived_id, partition_of, visitor_mark


def group(**fields):
    return {"project": "shop", "received_at": 2_000, "times": [1_000], "events": [{}]} | fields


def decoded(*groups):
    return list(decode_batch(json.dumps(groups)))


def test_an_event_in_segments_words_reads_as_in_ours():
    ours = {"id": "a", "type": "track", "name": "Buy", "visitor": "v", "user": "u", "properties": {"x": 1}}
    segments = {
        "messageId": "a",
        "type": "track",
        "event": "Buy",
        "anonymousId": "v",
        "userId": "u",
        "properties": {"x": 1},
    }
    (first,), (second,) = decoded(group(events=[ours])), decoded(group(events=[segments]))
    assert first == second
    assert (first.id, first.name, first.visitor, first.user) == ("a", "Buy", "v", "u")


def test_an_events_own_context_wins_by_key():
    (event,) = decoded(group(context={"locale": "de", "page": {"path": "/"}}, events=[{"context": {"locale": "fr"}}]))
    assert event.context == {"locale": "fr", "page": {"path": "/"}}


def test_times_and_derived_ids_belong_to_their_events():
    first, second = decoded(group(times=[5, 6], ids=[None, "derived"], events=[{"id": "own"}, {"id": "odd"}]))
    assert (first.timestamp, first.id) == (5, "own")
    assert (second.timestamp, second.id) == (6, "derived")


def test_a_user_without_a_visitor_is_its_own_visitor():
    (event,) = decoded(group(events=[{"userId": "u1"}]))
    assert event.visitor == event.user == "u1"


@given(st.text(), st.text(), st.integers(1, 64))
def test_a_visitor_has_one_partition(project, visitor, partitions):
    partition = partition_of(project, visitor, partitions)
    assert 0 <= partition < partitions
    assert partition == partition_of(project, visitor, partitions)


@given(st.text(), st.text())
def test_a_visitors_mark_fits_an_integer_column(project, visitor):
    assert -(2**31) <= visitor_mark(project, visitor) < 2**31


def test_derived_ids_are_version_5_and_of_one_project():
    assert uuid.UUID(derived_id("p", "message")).version == 5
    assert derived_id("p", "message") == derived_id("p", "message") != derived_id("q", "message")
