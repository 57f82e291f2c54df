"""Writers to an event log as ingestion processes are: a group commit with a memory and a spool of its own."""

import asyncio
import json
import uuid
from datetime import timedelta

from gooddata.errors import LogUnavailable
from gooddata.event import derived_id
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.flush import GroupCommit
from gooddata.ingestion.judge import judge
from gooddata.ingestion.request import open_request
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.spool import Spool
from tests.integration.workbench import PSEUDONYMS

NOW = 1_790_000_000_000
WINDOW = timedelta(hours=24)


def identity(event):
    """Project, visitor and id, as one would write the rule down."""
    project, visitor, sent_id = event
    try:
        return project, visitor, uuid.UUID(sent_id) if len(sent_id) == 36 else uuid.UUID(derived_id(project, sent_id))
    except ValueError:
        return project, visitor, uuid.UUID(derived_id(project, sent_id))


class Writer:
    """`open_` opens a log."""

    def __init__(self, open_, folder, spool_bytes=10_000_000):
        self._open, self._folder, self._spool_bytes = open_, folder, spool_bytes
        self._packer = Packer()

    async def start(self):
        while True:
            self.log = await self._open()
            self.spool = Spool(self._folder, self._spool_bytes)
            self.commits = GroupCommit(self.log, WINDOW, 1_000_000, PSEUDONYMS, self.spool)
            try:
                await self.commits.warm()
                break
            except LogUnavailable:
                self.spool.close()
                await self.log.close()
        self._running = asyncio.create_task(self.commits.run())
        return self

    async def crash(self):
        """Ends at once, wherever it is; the spool stays on disk."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.log.close()
        self.spool.close()

    async def is_done(self):
        """Waits until nothing waits any more, in memory or on disk."""
        async with asyncio.timeout(30):
            while self.commits.is_busy or not self.spool.is_empty:
                assert not self._running.done(), self._running.exception()
                await asyncio.sleep(0.002)

    def send(self, events, answered, **fields):
        """Sends one request for each project in `events`; `answered` hears which events were acknowledged, and how."""
        for project in sorted({event[0] for event in events}):
            own = [event for event in events if event[0] == project]
            forms = [{"id": i, "type": "page", "visitor": v, "timestamp": NOW - 1, **fields} for _, v, i in own]
            opened = open_request(json.dumps({"batch": forms}).encode(), "/v1/batch", None)
            judged = judge(opened, Clock.of(NOW, None, None))
            arrival = Arrival(project, NOW, None, self._packer.pack(project, judged.events))
            self.commits.submit(arrival, lambda outcome, own=own: answered(own, outcome))
