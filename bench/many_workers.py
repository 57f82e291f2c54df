"""What do one, two and four workers spend on the same events, and how even are their shares?

The workers are held while the events are appended, and then let go: what they, PostgreSQL and the broker spend from
there to the last commit is divided by the events. On NATS an archive, held until then, moves the same events to the
raw database afterwards.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.contenders import process_of
from bench.product import cpu_seconds
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.log import EventLog

_ARCHIVED = "SELECT archived FROM raw.stream WHERE epoch = $1"
_HOLDERS = "SELECT partition, owner FROM analytics.cursor WHERE owner IS NOT NULL"


class Side(msgspec.Struct, frozen=True):
    """A log and its databases. `servers` are the processes of PostgreSQL and of the broker."""

    log: EventLog
    raw: asyncpg.Connection
    analytics: asyncpg.Connection
    environment: dict[str, str]
    servers: tuple[int, ...]
    folder: Path

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product's on this log."""
        with process_of([sys.executable, "-m", "gooddata", *command], self.environment, self.folder) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGCONT)

    async def append(self, arrivals: Sequence[Sequence[NewBatch]]) -> None:
        """Each arrival has a batch for every partition; in as many appends as ingestion makes of that."""
        heads = await self.log.heads()
        for batches in arrivals:
            parts = [batches] if self.log.appends_together else [[each] for each in batches]
            appends = [Append(datetime.now(UTC), part, {}) for part in parts]
            for moved in await asyncio.gather(*(self.log.append(each, heads) for each in appends)):
                heads |= moved
        if self.log.appends_together:
            await self.raw.execute("NOTIFY gooddata_batch")

    async def checkpoint(self) -> None:
        await self.analytics.execute("CHECKPOINT")

    async def worked_off(self) -> None:
        heads = await self.log.heads()
        while dict(await self.analytics.fetch("SELECT partition, seq FROM analytics.cursor")) != heads:
            await asyncio.sleep(0.05)

    async def archived(self) -> None:
        assert isinstance(self.log, JetStreamLog)
        stream = self.log.stream
        while await self.raw.fetchval(_ARCHIVED, stream.epoch) != await stream.last_seq():
            await asyncio.sleep(0.05)

    async def holders(self) -> dict[int, str]:
        return dict(await self.analytics.fetch(_HOLDERS))


async def measure(side: Side, count: int, arrivals: Sequence[Sequence[NewBatch]]) -> dict[str, Any]:
    """Microseconds of CPU an event by kind of process, and each worker's share, of `count` workers."""
    of_partition = {
        partition: sum(batch.events for batches in arrivals for batch in batches if batch.partition == partition)
        for partition in range(side.log.partitions)
    }
    events = sum(of_partition.values())
    archives = not side.log.appends_together
    with ExitStack() as stack:
        workers = [stack.enter_context(side.running("work")) for _ in range(count)]
        archive = stack.enter_context(side.running("archive")) if archives else None
        if archive is not None:
            await side.archived()
        await _shared_out(side, count)
        # They look for models, and for plans of statements, every few seconds.
        await asyncio.sleep(4)
        held = [*workers, *([archive] if archive else [])]
        for process in held:
            process.send_signal(signal.SIGSTOP)
        await side.append(arrivals)
        await side.checkpoint()
        holders = await side.holders()
        pids = [worker.pid for worker in workers]
        before, own = cpu_seconds(*pids, *side.servers), [_own(pid) for pid in pids]
        for worker in workers:
            worker.send_signal(signal.SIGCONT)
        await side.worked_off()
        after, own = (
            cpu_seconds(*pids, *side.servers),
            [_own(pid) - spent for pid, spent in zip(pids, own, strict=True)],
        )
        spent = _per_event(before, after, events)
        in_other_hands = sum(
            of_partition[partition]
            for partition, owner in (await side.holders()).items()
            if holders[partition] != owner
        )
        held_by = [[partition for partition, owner in holders.items() if f"-{pid}-" in owner] for pid in pids]
        found: dict[str, Any] = {
            "cpu_us_per_event": round(sum(spent.values()), 2),
            "cpu_us_per_event_by_process": spent,
            "shares_of_events": [round(sum(of_partition[each] for each in own) / events, 3) for own in held_by],
            "shares_of_cpu": [round(each / sum(own), 3) for each in own],
            "events_in_other_hands_at_the_end": in_other_hands,
        }
        if archive is not None:
            for worker in workers:
                worker.send_signal(signal.SIGSTOP)
            before = cpu_seconds(archive.pid, *side.servers)
            archive.send_signal(signal.SIGCONT)
            await side.archived()
            found["archive_cpu_us_per_event_by_process"] = _per_event(
                before, cpu_seconds(archive.pid, *side.servers), events
            )
    return found


async def _shared_out(side: Side, count: int) -> None:
    """Until every partition has a worker, and each worker its share."""
    while True:
        holders = [*(await side.holders()).values()]
        held = [holders.count(owner) for owner in set(holders)]
        if len(holders) == side.log.partitions and len(held) == count and max(held) - min(held) <= 1:
            return
        await asyncio.sleep(0.1)


def _own(pid: int) -> float:
    return sum(cpu_seconds(pid).values())


def _per_event(before: dict[str, float], after: dict[str, float], events: int) -> dict[str, float]:
    micros = {name: (after[name] - before.get(name, 0.0)) / events * 1e6 for name in sorted(after)}
    return {name: round(each, 2) for name, each in micros.items() if each >= 0.005}
