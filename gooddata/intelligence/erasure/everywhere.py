"""Erases a person everywhere: tombstones first, so that nothing comes back; then the log, then analytics."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from gooddata.intelligence.erasure.erase import erase_from_analytics
from gooddata.intelligence.erasure.search import search
from gooddata.persistence.erasure.dead_rows import DeadRows, remove_dead_rows
from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.erasure.log import erase_from_batches, put_tombstones
from gooddata.persistence.erasure.person import Tombstone
from gooddata.persistence.erasure.rejections import erase_from_rejections
from gooddata.persistence.operator import audit
from gooddata.persistence.pseudonym import Pseudonyms

if TYPE_CHECKING:
    # Only who has the event log on NATS needs the client.
    from gooddata.eventlog.jetstream.erase import StreamErasure


class Receipt(msgspec.Struct, frozen=True):
    """What an erasure has removed. `subject` is the person's keyed hash; what is dated up to `erased_until` of them is
    not taken in again. Dead rows are what PostgreSQL keeps of raw on disk until they are removed."""

    project: str
    kind: str
    subject: UUID
    erased_until: datetime
    visitors: int
    raw: dict[str, int]
    analytics: dict[str, int]
    dead_rows: DeadRows


async def erase(
    raw: Any,
    analytics: Any,
    pseudonyms: Pseudonyms,
    kept: KeptTombstones,
    project: str,
    *,
    visitor: str | None,
    user: str | None,
    stream: "StreamErasure | None" = None,
) -> Receipt:
    """Erases a visitor, or a user with all visitors that are theirs.

    `raw` and `analytics` wear the operator's role, the latter with times in milliseconds.
    Where the event log is a `stream`, the raw database is its archive.
    Whom the erasure is about is `kept` as well, for a backup that is restored some day.
    Raises InputError when there is no such project.
    """
    until = int(time.time() * 1_000)

    async def bury(tombstones: list[Tombstone]) -> None:
        kept.add(project, tombstones)
        if stream is not None:
            await stream.put_tombstones(project, tombstones)
        else:
            await put_tombstones(raw, project, tombstones)

    found = await search(raw, analytics, pseudonyms, project, visitor=visitor, user=user, until=until, each=bury)
    batches, events = await erase_from_batches(raw, project, sorted(found.places), found.people.holds)
    rejections = await erase_from_rejections(raw, project, found.names, found.people.holds)
    dead_rows: DeadRows = await remove_dead_rows(raw) if batches or rejections else "none"
    counts = {"events": events, "batches": batches, "rejections": rejections}
    if stream is not None:
        counts["stream_messages"] = await stream.erase(project, found.people.holds)
    removed = await erase_from_analytics(analytics, project, found.whom, until)
    receipt = Receipt(
        project,
        found.kind,
        found.subject,
        datetime.fromtimestamp(until / 1_000, UTC),
        found.whom.count,
        counts,
        removed,
        dead_rows,
    )
    await audit(raw, "erase", project, found.subject, receipt)
    return receipt
