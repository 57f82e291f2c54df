"""A source, fed through the HTTP API: every row becomes one event, in order for every visitor."""

import asyncio
import hashlib
import math
import time
import uuid
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from gooddata.client import MAX_EVENTS, ApiError, Client
from gooddata.errors import InputError
from gooddata.replay.lane import Lane
from gooddata.replay.pace import Pace, Shift, sleep_unless
from gooddata.replay.progress import Phase, Progress
from gooddata.replay.report import Report
from gooddata.replay.row import LATEST, Malformed
from gooddata.replay.source import Source

_ROWS = uuid.UUID("c1b5a7f2-3d1e-5f58-8a44-6f2f0b8d9e10")
_PATIENCE = 300.0
"""Seconds for which a replay waits for an API that is away: longer than a server takes to be restarted."""
_GRACE = 5.0
"""Seconds in which requests under way may end once a replay is told to stop."""
_SHOW_EVERY = 0.25
_YIELD_EVERY = 200
"""Lines read without a break, a few milliseconds' worth, so that answers are taken in between."""

OnProgress = Callable[[Progress], None]


class _GraceIsOver(Exception):
    """Ends requests that are still being tried after a stop."""


async def replay(
    source: Source,
    *,
    url: str,
    key: str,
    speed: float = math.inf,
    shift: Shift = 0,
    batch_size: int = 500,
    lanes: int = 4,
    on_progress: OnProgress | None = None,
    stop: asyncio.Event | None = None,
) -> Report:
    """Send the events of `source` to the project of `key`, its read key, through the import scope.

    `speed` is how many times faster than it happened, `shift` is in milliseconds or `now`. Sends batches of up to
    `batch_size` events over `lanes` connections, and holds no more than a few batches in memory. Setting `stop` ends
    it early. A refusal of the API ends it too; the report then says in `stopped` why, and counts what was answered.
    Raises InputError for a damaged file.
    """
    if not 1 <= batch_size <= MAX_EVENTS or lanes < 1:
        raise InputError(f"A batch has 1 to {MAX_EVENTS} events, and there is at least one lane.", "batch_size")
    stop = stop or asyncio.Event()
    run = _Run(source, Pace(speed), stop)
    report = run.report
    namespace, last = await run.survey(on_progress)
    offset = shift if shift != "now" else time.time_ns() // 1_000_000 - (last or 0)
    try:
        async with Client(url, key, patience=_PATIENCE, connections=lanes) as client, asyncio.TaskGroup() as group:
            roads = [Lane(client, report, batch_size, source.format.context) for _ in range(lanes)]
            sending = [group.create_task(road.run(stop)) for road in roads]
            aside = [group.create_task(run.show(on_progress)), group.create_task(_end_after_grace(stop))]
            await run.feed(roads, namespace, offset)
            await asyncio.wait(sending)
            for task in aside:
                task.cancel()
    except* ApiError as refusals:
        report.stopped = str(refusals.exceptions[0])
    except* _GraceIsOver:
        pass
    if stop.is_set():
        report.stopped = "interrupted"
    run.count_time()
    return report


class _Run:
    """One replay under way: what its three tasks share."""

    def __init__(self, source: Source, pace: Pace, stop: asyncio.Event) -> None:
        self.report = Report()
        self._source = source
        self._pace = pace
        self._stop = stop
        self._started = self._told = time.monotonic()

    async def survey(self, on_progress: OnProgress | None) -> tuple[uuid.UUID, int | None]:
        """One pass that sends nothing: a namespace made of the content's SHA-256, and the time of the last event."""
        digest = hashlib.sha256()
        last = None
        for number, entry in self._source.entries(digest):
            if not isinstance(entry, Malformed):
                last = entry.at if last is None else max(last, entry.at)
            if number % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
                if self._stop.is_set():
                    break
                if time.monotonic() - self._told > _SHOW_EVERY:
                    self._tell(on_progress, "reading")
        return uuid.uuid5(_ROWS, digest.hexdigest()), last

    async def feed(self, lanes: Sequence[Lane], namespace: uuid.UUID, offset: int) -> None:
        """Hand every row to the lane of its visitor, and close the lanes."""
        for number, entry in self._source.entries():
            if number % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
            if not isinstance(entry, Malformed) and not 0 <= entry.at + offset <= LATEST:
                entry = Malformed("shifted to a time that no timestamp can say")
            if isinstance(entry, Malformed):
                self.report.add_malformed(number, entry)
                continue
            if pause := self._pace.wait(entry.at):
                for lane in lanes:
                    await lane.flush()
                await sleep_unless(self._stop, pause)
            if self._stop.is_set():
                break
            self.report.add_row(entry.at + offset)
            event = {**entry.event, "timestamp": entry.at + offset}
            if "id" not in event and "messageId" not in event:
                event["id"] = str(uuid.uuid5(namespace, str(number)))
            await lanes[zlib.crc32(_visitor(event)) % len(lanes)].put(msgspec.json.encode(event))
        for lane in lanes:
            await lane.close()

    async def show(self, on_progress: OnProgress | None) -> None:
        while True:
            self._tell(on_progress, "sending")
            await asyncio.sleep(_SHOW_EVERY)

    def count_time(self) -> None:
        self.report.took(time.monotonic() - self._started)

    def _tell(self, on_progress: OnProgress | None, phase: Phase) -> None:
        self._told = time.monotonic()
        if on_progress:
            self.count_time()
            on_progress(Progress(phase, self._source.fraction, self.report))


async def _end_after_grace(stop: asyncio.Event) -> None:
    await stop.wait()
    await asyncio.sleep(_GRACE)
    raise _GraceIsOver


def _visitor(event: dict[str, Any]) -> bytes:
    names = ("visitor", "anonymousId", "user", "userId")
    return str(next((event[name] for name in names if event.get(name)), "")).encode()
