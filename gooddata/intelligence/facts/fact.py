"""The fact: one event as analytics keeps it."""

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.identities.claim import Claim

PAGE_VIEWS = frozenset({"page", "screen"})
CLICKS = frozenset({"$click"})


class Fact(msgspec.Struct, gc=False):
    """One row of analytics.event, its fields in the order of COLUMNS, and where it came from.

    `properties` are those that are allowed, as a JSON object. `at` is the timestamp, in epoch milliseconds.
    `partition`, `seq` and `place` say which event of which batch it was, and `received_at` (epoch ms) when that came
    in; a fact that was read back from the table has zeros there. `claim` is what the event says of who is who, if it
    does.
    """

    project_id: str
    event_id: UUID
    visitor: UUID
    user: UUID | None
    session_id: UUID | None
    at: int
    type: str
    name: str | None
    path: str | None
    source: str | None
    campaign: str | None
    device: str | None
    browser: str | None
    country: str | None
    product: str | None
    category: str | None
    value: float | None
    revenue: float | None
    engaged_ms: int | None
    scroll: float | None
    vector: list[float] | None
    vector_version: int | None
    goal: bool
    simulated: bool
    automated: bool
    properties: str | None = None
    partition: int = 0
    seq: int = 0
    place: int = 0
    received_at: int = 0
    claim: Claim | None = None


COLUMNS = tuple("timestamp" if name == "at" else name for name in Fact.__struct_fields__[:26])
