"""Takes out of the stream what nobody needs there any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.message import NOWHERE

_CLOCKS_DIFFER = timedelta(hours=1)


async def trim(log: JetStreamLog, before: datetime, applied: Mapping[int, int], archived: int) -> int:
    """Removes messages that were stored before a moment, which are in the raw database (up to sequence number
    `archived`) and which the workers, who stand at `applied`, have been through; how many messages that were.

    The newest message of each subject stays, since it says where the subject stands.
    """
    stream = log.stream
    removed = 0
    for partition in range(log.partitions):
        applied_to = log.seq_of(applied.get(partition, 0))
        removed += await _trim(log, stream.subject("batch", str(partition)), before, min(applied_to, archived))
    for subject in await stream.subjects(stream.subject("writer", "*")):
        removed += await _trim(log, subject, before, archived)
    return removed


async def _trim(log: JetStreamLog, subject: str, before: datetime, done: int) -> int:
    """Removes of a subject what was stored before a moment and has a sequence number up to `done`."""
    newest = await log.stream.of_leader(last_by_subj=subject)
    if newest is None:
        return 0
    start = (before - _CLOCKS_DIFFER).isoformat()
    recent = await log.stream.get(start_time=start, next_by_subj=subject, batch=2)
    if recent and recent[0].expected == NOWHERE:
        return 0  # it may be in the middle of something; a minute later it is not
    return await log.stream.purge(subject, min(newest.seq, done + 1, *(message.seq for message in recent)))
