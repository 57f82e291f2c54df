"""Sessions of people and programs to measure on, by the product's own extraction and session rule."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gooddata.intelligence.automated.conduct import DAY_MS, Watched
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.persistence.pseudonym import Pseudonyms

_GROUP = 1_000
_PSEUDONYMS = Pseudonyms(b"a secret of measurements")


def facts_of(events: Iterable[tuple[int, Mapping[str, Any]]], project: str = "bench") -> list[Fact]:
    """Facts of events in the API's form, each with its time (epoch ms), as a worker makes them."""
    extractor = Extractor(_PSEUDONYMS, Goals())
    facts: list[Fact] = []
    told = list(events)
    for start in range(0, len(told), _GROUP):
        some = told[start : start + _GROUP]
        sent = [{"id": str(uuid.UUID(int=start + place + 1)), **event} for place, (_, event) in enumerate(some)]
        group = {"project": project, "received_at": 0, "context": {}, "times": [at for at, _ in some], "events": sent}
        facts += extractor.facts(decode_groups(msgspec.json.encode([group])))
    return facts


def watched(facts: Iterable[Fact]) -> list[Watched]:
    """The sessions of all visitors, in the order of their starts, each with what its visitor did in the day before."""
    visitors: dict[Any, list[Fact]] = defaultdict(list)
    for fact in facts:
        visitors[fact.visitor].append(fact)
    found: list[Watched] = []
    for own in visitors.values():
        starts: list[int] = []
        for counted in sessions_of(own, FIRST_VISIT):
            state = counted.session
            earlier = [start for start in starts if start > state.started_at - DAY_MS]
            found.append(
                Watched(state.session_id, state.visitor, state.started_at, state.automated, counted.facts, earlier)
            )
            starts.append(state.started_at)
    return sorted(found, key=lambda each: (each.started_at, each.session_id))


def pseudonym(visitor: str, project: str = "bench") -> uuid.UUID:
    """What a visitor is called in what is made here."""
    return _PSEUDONYMS.visitor(project, visitor)
