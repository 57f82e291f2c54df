"""Erases once more whoever has been erased before: after a backup from before then was restored."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gooddata.intelligence.erasure.erase import erase_from_analytics
from gooddata.intelligence.erasure.whom import Whom
from gooddata.persistence.erasure.dead_rows import DeadRows, remove_dead_rows
from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.erasure.log import erase_from_batches, people, put_tombstones, tombstones_after
from gooddata.persistence.erasure.person import Erased, Tombstone
from gooddata.persistence.erasure.rejections import erase_from_rejections
from gooddata.persistence.operator import audit
from gooddata.persistence.pseudonym import Pseudonyms

if TYPE_CHECKING:
    # Only who has the event log on NATS needs the client.
    from gooddata.eventlog.jetstream.erase import StreamErasure


async def erase_again(
    raw: Any, analytics: Any, pseudonyms: Pseudonyms, kept: KeptTombstones, stream: "StreamErasure | None" = None
) -> tuple[dict[str, dict[str, int]], DeadRows]:
    """What was removed of each project that has tombstones, in the raw database or on disk; what became of dead rows.

    Connections as for `erase`.
    """
    in_database = {(project, each) for _, project, each in await tombstones_after(raw, 0)}
    all_of: defaultdict[str, set[Tombstone]] = defaultdict(set)
    for project, tombstone in in_database | kept.read():
        all_of[project].add(tombstone)
    removed = {}
    for project, tombstones in sorted(all_of.items()):
        missing = [each for each in tombstones if (project, each) not in in_database]
        if stream is not None:
            await stream.put_tombstones(project, missing)
            # The stream may be another one than the others were put into.
            await stream.tell(project, tombstones - set(missing))
        elif missing:
            await put_tombstones(raw, project, missing)
        erased = Erased(project, pseudonyms)
        for each in tombstones:
            erased.add(each)
        places = {place async for place, who, at in people(raw, project) if erased.holds(who, at)}
        batches, events = await erase_from_batches(raw, project, sorted(places), erased.holds)
        rejections = await erase_from_rejections(raw, project, set(), erased.holds)
        counts = Counter(tombstones=len(tombstones), tombstones_restored=len(missing))
        if stream is not None:
            counts.update(stream_messages=await stream.erase(project, erased.holds))
        counts.update(raw_events=events, raw_batches=batches, raw_rejections=rejections)
        for until in sorted({each.until for each in tombstones}):
            whom = _of(each for each in tombstones if each.until == until)
            analytics_counts = await erase_from_analytics(analytics, project, whom, until)
            counts.update({f"analytics_{name}": count for name, count in analytics_counts.items()})
        removed[project] = dict(counts)
        await audit(raw, "erase again", project, detail=removed[project])
    return removed, await remove_dead_rows(raw) if removed else "none"


def _of(tombstones: Iterable[Tombstone]) -> Whom:
    """Whom one erasure was about."""
    whom = Whom(spans=[])
    for each in tombstones:
        if each.kind == "user":
            whom.users.add(each.subject)
        elif each.since is None:
            whom.visitors.add(each.subject)
        else:
            whom.spans.append((each.subject, each.since, each.until))
    return whom
