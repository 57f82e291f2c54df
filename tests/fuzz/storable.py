"""What was taken in must be readable: by PostgreSQL's jsonb, by workers, and by who asks for raw events."""

import math
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from gooddata.event import decode_batch
from gooddata.eventlog.batch import StoredBatch
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.check import Refused
from gooddata.ingestion.judge import judge
from gooddata.ingestion.merge import in_columns, merged
from gooddata.ingestion.request import Opened
from gooddata.ingestion.settle import Clock
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.read import read_batch
from gooddata.persistence.pseudonym import Pseudonyms

NOW = 1_795_132_800_000
PROJECT = "shop"
DEEPEST = 60
PSEUDONYMS = Pseudonyms(b"a secret of these tests")


def extractor() -> Extractor:
    """One that lets some properties on to analytics, so that these are read, too."""
    goals = Goals()
    goals.properties = {PROJECT: frozenset({"a", "text", "n"})}
    return Extractor(PSEUDONYMS, goals)


_EXTRACTOR = extractor()


def take_in(opened: Opened) -> int:
    """Does with a request what ingestion does up to the log, and then reads it as everybody would. Raises
    AssertionError where what was taken cannot be read; how many events were taken."""
    judged = judge(opened, Clock.of(NOW, opened.sent_at, None if opened.imported else 30))
    for _, refused in judged.refused:
        msgspec.json.encode(_told(refused))
    if judged.events is None:
        return 0
    packed = Packer().pack(PROJECT, judged.events)
    arrival = Arrival(PROJECT, NOW, opened.context, packed)
    columns = in_columns([packed], 4)
    batches = merged([arrival], columns, np.ones(packed.count, bool))
    for batch in batches:
        require_readable(batch.body)
    taken = sum(batch.events for batch in batches)
    assert taken == packed.count == opened.count - len(judged.refused) - sum(judged.dropped.values())
    return taken


def _told(refused: Refused) -> Any:
    return [refused.id, refused.field, refused.reason, refused.message]


def require_readable(body: bytes) -> None:
    require_storable(msgspec.json.decode(body))
    events = [*decode_batch(body)]
    for event in events:
        assert event.visitor and event.id
        msgspec.json.encode(event)
    facts, unreadable = read_batch(_EXTRACTOR, StoredBatch(0, 1, _moment(), len(events), body))
    assert not unreadable, unreadable
    assert len(facts) == len(events)
    for fact in facts:
        for field in fact.__struct_fields__:
            require_storable(getattr(fact, field))


def _moment() -> datetime:
    return datetime.fromtimestamp(NOW / 1_000, UTC)


def require_storable(value: Any, depth: int = 0) -> None:
    """As jsonb and text columns take it: no NUL, nothing that is no UTF-8, finite numbers."""
    assert depth < DEEPEST, "too deep"
    if isinstance(value, str):
        assert "\0" not in value, "NUL"
        value.encode()
    elif isinstance(value, dict):
        for key, each in value.items():
            require_storable(key, depth + 1)
            require_storable(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            require_storable(each, depth + 1)
    elif isinstance(value, float | int):
        assert math.isfinite(float(value))
