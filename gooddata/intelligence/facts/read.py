"""Reads stored batches as facts. What cannot be read is told apart event by event, and takes nothing else with it."""

import msgspec

from gooddata.eventlog.batch import StoredBatch
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.facts.properties import add_own_properties, add_properties
from gooddata.intelligence.facts.wire import (
    Group,
    RawGroup,
    decode_groups,
    decode_raw_group,
    decode_raw_groups,
    decode_sent,
)

WHOLE_BATCH = -1
REASON_CHARACTERS = 500

# What one event's content may raise while it is read; msgspec.DecodeError is a ValueError.
CONTENT_FAILURES = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


class Unreadable(msgspec.Struct, frozen=True):
    """An event that could not be applied, and why; with place WHOLE_BATCH, a batch or groups of it."""

    partition: int
    seq: int
    place: int
    reason: str


def read_batch(extractor: Extractor, batch: StoredBatch) -> tuple[list[Fact], list[Unreadable]]:
    """The facts of a batch, in its order, and what of it could not be read."""
    try:
        facts = extractor.facts(decode_groups(batch.body), batch.partition, batch.seq)
        allowed = extractor.allowed
        if allowed and any(fact.project_id in allowed for fact in facts):
            add_properties(facts, batch.body, allowed)
        return facts, []
    except CONTENT_FAILURES:
        return _event_by_event(extractor, batch)


def _event_by_event(extractor: Extractor, batch: StoredBatch) -> tuple[list[Fact], list[Unreadable]]:
    facts: list[Fact] = []
    unreadable: list[Unreadable] = []
    broken: list[str] = []
    try:
        groups = decode_raw_groups(batch.body)
    except CONTENT_FAILURES as failure:
        return [], [Unreadable(batch.partition, batch.seq, WHOLE_BATCH, reason_of(failure))]
    place = 0
    for number, raw in enumerate(groups):
        try:
            group = decode_raw_group(raw)
        except CONTENT_FAILURES as failure:
            broken.append(f"group {number}: {reason_of(failure)}")
            continue
        for index in range(len(group.events)):
            try:
                [fact] = extractor.facts([_alone(group, index)], batch.partition, batch.seq)
                fact.place = place
                add_own_properties(fact, group.events[index], extractor.allowed.get(group.project, ()))
                facts.append(fact)
            except CONTENT_FAILURES as failure:
                unreadable.append(Unreadable(batch.partition, batch.seq, place, reason_of(failure)))
            place += 1
    if broken:
        unreadable.append(Unreadable(batch.partition, batch.seq, WHOLE_BATCH, "; ".join(broken)[:REASON_CHARACTERS]))
    return facts, unreadable


def _alone(group: RawGroup, index: int) -> Group:
    """A group of the one event at `index` of a group."""
    return Group(
        project=group.project,
        received_at=group.received_at,
        times=[group.times[index]],
        events=[decode_sent(group.events[index])],
        context=group.context,
        ids=None if group.ids is None else [group.ids[index]],
    )


def reason_of(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}"[:REASON_CHARACTERS]
