"""Judges a request's events: those that may be stored, in columns, and those that may not, each with its reason."""

from collections.abc import Callable

import msgspec

from gooddata.ingestion.check import Accepted, Refused, check
from gooddata.ingestion.request import Opened, with_type
from gooddata.ingestion.rules.verdict import Dropped
from gooddata.ingestion.settle import DAY, Clock
from gooddata.ingestion.usual import UsualEvent


class Events(msgspec.Struct, gc=False):
    """Events that may be stored, a column each, in the order of `json`, their own text separated by commas."""

    ids: list[str]
    visitors: list[str]
    times: list[int]
    json: bytes


class Judged(msgspec.Struct):
    """`refused` holds the place of each event in its request, counted from 0; `dropped` counts by reason."""

    events: Events | None = None
    refused: list[tuple[int, Refused]] = []
    dropped: dict[str, int] = {}


# What a project demands of its events beyond what everyone's must be.
Rule = Callable[[Accepted], Accepted | Refused | Dropped]


def judge(opened: Opened, clock: Clock, rule: Rule | None = None) -> Judged:
    """Judges each event, all at once where they are usual and no rule of the project's wants to see each."""
    if opened.usual is not None and rule is None and (events := _usual_events(opened.usual, opened.json, clock)):
        return Judged(events)
    return _one_by_one(opened, clock, rule)


def _usual_events(usual: list[UsualEvent], json_: bytes, clock: Clock) -> Events | None:
    """None where an event lacks something or is too old."""
    ids = [event.id or event.message_id for event in usual]
    visitors = [event.visitor or event.anonymous_id or event.user or event.user_id for event in usual]
    if not ids or not all(ids) or not all(visitors):
        return None
    times = clock.settle([event.timestamp for event in usual])
    if clock.is_too_old(min(times)):
        return None
    return Events(ids, visitors, times, json_)  # type: ignore[arg-type]


def _one_by_one(opened: Opened, clock: Clock, rule: Rule | None) -> Judged:
    accepted: list[Accepted] = []
    judged = Judged(refused=[], dropped={})
    for index, raw in enumerate(opened.raw_events()):
        event: Accepted | Refused | Dropped = _timely(check(raw, opened.implied_type), clock)
        if rule is not None and isinstance(event, Accepted):
            event = rule(event)
        if isinstance(event, Accepted):
            accepted.append(event)
        elif isinstance(event, Refused):
            if opened.implied_type:
                event.raw = with_type(raw, opened.implied_type)
            judged.refused.append((index, event))
        else:
            judged.dropped[event.reason] = judged.dropped.get(event.reason, 0) + 1
    if accepted:
        judged.events = Events(
            [event.id for event in accepted],
            [event.visitor for event in accepted],
            clock.settle([event.timestamp for event in accepted]),
            b",".join(event.raw for event in accepted),
        )
    return judged


def _timely(event: Accepted | Refused, clock: Clock) -> Accepted | Refused:
    if isinstance(event, Accepted) and clock.is_too_old(clock.settle([event.timestamp])[0]):
        days = (clock.received_at - clock.earliest) // DAY if clock.earliest is not None else 0
        message = f"the event is older than {days} days; old events are taken from an import only"
        return Refused(event.id, "timestamp", "too_old", message, event.raw)
    return event
