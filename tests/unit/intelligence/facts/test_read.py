import uuid
from datetime import UTC, datetime

import msgspec
import pytest

from gooddata.eventlog.batch import StoredBatch
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.read import WHOLE_BATCH, read_batch
from gooddata.persistence.pseudonym import Pseudonyms


def event(**fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": "a", "visitor": "v"} | fields


def group(*events, **fields):
    return {"project": "shop", "received_at": 1, "times": [1] * len(events), "events": events} | fields


def read(body):
    text = body if isinstance(body, str) else msgspec.json.encode(body).decode()
    batch = StoredBatch(1, 9, datetime.now(UTC), 1, text)
    return read_batch(Extractor(Pseudonyms(b"s"), Goals()), batch)


def test_a_sound_batch_is_read_in_order():
    facts, unreadable = read([group(event(name="a"), event(name="b")), group(event(name="c"))])
    assert [(fact.name, fact.place) for fact in facts] == [("a", 0), ("b", 1), ("c", 2)]
    assert unreadable == []


@pytest.mark.parametrize(
    "bad", [event(id="no uuid"), event(visitor=3), event(properties=[]), event(vector=["x"]), "no object", 7]
)
def test_an_event_that_cannot_be_read_takes_no_other_with_it(bad):
    facts, unreadable = read([group(event(name="a"), bad, event(name="b")), group(event(name="c"))])
    assert [(fact.name, fact.place) for fact in facts] == [("a", 0), ("b", 2), ("c", 3)]
    [left_out] = unreadable
    assert (left_out.partition, left_out.seq, left_out.place) == (1, 9, 1)
    assert left_out.reason


def test_an_event_without_a_time_is_left_out_alone():
    facts, unreadable = read([group(event(name="a"), event(name="b"), times=[1])])
    assert [fact.name for fact in facts] == ["a"]
    assert [left_out.place for left_out in unreadable] == [1]


@pytest.mark.parametrize("body", ["", "no JSON", "{}", "[7]", '[{"project": 1}]', "[" * 5_000])
def test_what_is_no_batch_is_one_unreadable_whole(body):
    facts, unreadable = read(body)
    assert facts == []
    assert [left_out.place for left_out in unreadable] == [WHOLE_BATCH]


def test_a_broken_group_leaves_the_others():
    facts, unreadable = read([{"project": "shop"}, group(event(name="a"))])
    assert [fact.name for fact in facts] == ["a"]
    assert [left_out.place for left_out in unreadable] == [WHOLE_BATCH]
