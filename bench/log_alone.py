"""How many events a second go through a log on NATS JetStream, and what do they cost each who has a part in it?

This process publishes batches as ingestion makes them, each on the condition that its partition stands where it is
known to stand, and waits for every answer, as many at a time as there are partitions. A second process reads them all,
at the same time. Packed: what is published is compressed ahead, and what is read stays so, which is the log alone.
Whole: with compressing and decompressing, which ingestion and workers do.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.product import cpu_seconds
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.message import encode_batch, in_pieces

_AT_ONCE = 16  # batches that one request reads, as workers ask for them


async def measure(url: str, broker: Sequence[int], batches: Sequence[NewBatch], times: int, whole: bool) -> Any:
    """Publishes all of `batches` so many times over, and has them read; `broker` are the servers' processes."""
    log = await JetStreamLog.open(address_of(url))
    heads = await log.heads()
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.log_alone",
        *(url, str(len(batches) * times), "whole" if whole else "packed"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(msgspec.json.encode(list(heads.items())) + b"\n")
    await child.stdout.readline()  # it is ready
    now = datetime.now(UTC)
    of_partition: dict[int, list[Any]] = {}
    for batch in batches:
        made = batch if whole else encode_batch(batch, now, None)
        of_partition.setdefault(batch.partition, []).append(made)
    before, own = _cpu(broker), time.process_time()
    started = time.perf_counter()
    await asyncio.gather(
        *(_write(log, partition, heads[partition], made * times) for partition, made in of_partition.items())
    )
    published, own = time.perf_counter() - started, time.process_time() - own
    read = msgspec.json.decode(await child.stdout.readline())
    seconds = time.perf_counter() - started
    events = times * sum(batch.events for batch in batches)
    after = _cpu(broker)
    await child.wait()
    await log.close()
    spent = {"publishing": own, "broker": after - before, "reading": read["cpu_seconds"]}
    return {
        "events": events,
        "events_per_second": round(events / seconds),
        "events_per_second_published": round(events / published),
        "messages_per_second": round(len(batches) * times / seconds),
        "cpu_us_per_event": {name: round(each / events * 1e6, 3) for name, each in spent.items()},
    }


async def _write(log: JetStreamLog, partition: int, head: int, made: Sequence[Any]) -> None:
    """A partition's batches, one after another."""
    subject, most = log.stream.subject("batch", str(partition)), log.stream.most_bytes
    for each in made:
        if isinstance(each, NewBatch):
            head = (await log.append(Append(datetime.now(UTC), [each], {}), {partition: head}))[partition]
        else:
            seq = await log.stream.publish(in_pieces(subject, each, log.seq_of(head), most))
            await log.stream.notify()
            head = log.position_of(seq)


def _cpu(pids: Sequence[int]) -> float:
    return sum(sum(cpu_seconds(pid).values()) for pid in pids)


async def _read(url: str, wanted: int, whole: bool) -> None:
    """The other process: reads until it has so many batches, and says what that took."""
    log = await JetStreamLog.open(address_of(url))
    await log.wait(0.0)
    known = dict(msgspec.json.decode(sys.stdin.buffer.readline(), type=list[tuple[int, int]]))
    print("ready", flush=True)
    before, found = time.process_time(), 0

    async def of_partition(partition: int) -> int:
        after = known[partition]
        if whole:
            read = await log.read(partition, after, _AT_ONCE)
            known[partition] = read[-1].seq if read else after
            return len(read)
        subject = log.stream.subject("batch", str(partition))
        messages = await log.stream.get(seq=log.seq_of(after) + 1, next_by_subj=subject, batch=_AT_ONCE)
        known[partition] = log.position_of(messages[-1].seq) if messages else after
        return sum(not message.pieces for message in messages)

    while found < wanted:
        more = sum(await asyncio.gather(*map(of_partition, known)))
        found += more
        if not more:
            await log.wait(0.05)
    print(msgspec.json.encode({"cpu_seconds": time.process_time() - before}).decode(), flush=True)
    await log.close()


if __name__ == "__main__":
    asyncio.run(_read(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "whole"))
