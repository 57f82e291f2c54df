"""A lane: some of the visitors, their events in order, one request at a time."""

import asyncio
from typing import Any

from gooddata.client import MAX_BODY_BYTES, ApiError, Client
from gooddata.replay.report import Report

_WAITING_BATCHES = 2
_ROOM_FOR_EVENTS = MAX_BODY_BYTES - 4_096
"""Bytes that the events of one request may take, next to the frame and the shared context."""


class Lane:
    """Collects events into batches and sends them; `put` waits while the API is slower than the file."""

    def __init__(self, client: Client, report: Report, batch_size: int, context: dict[str, Any]) -> None:
        self._client = client
        self._report = report
        self._batch_size = batch_size
        self._context = context
        self._waiting: asyncio.Queue[list[bytes] | None] = asyncio.Queue(_WAITING_BATCHES)
        self._batch: list[bytes] = []
        self._bytes = 0

    async def put(self, event: bytes) -> None:
        """Add an event, as JSON."""
        if len(self._batch) >= self._batch_size or self._bytes + len(event) >= _ROOM_FOR_EVENTS:
            await self.flush()
        self._batch.append(event)
        self._bytes += len(event) + 1

    async def flush(self) -> None:
        """Send what there is without waiting for a full batch."""
        if self._batch:
            batch, self._batch, self._bytes = self._batch, [], 0
            await self._waiting.put(batch)

    async def close(self) -> None:
        """No more events will come: `run` returns when those that did are sent."""
        await self.flush()
        await self._waiting.put(None)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until closed; once `stop` is set, drop instead. Raises ApiError when the API refuses."""
        while (batch := await self._waiting.get()) is not None:
            if not stop.is_set():
                await self._send(batch)

    async def _send(self, batch: list[bytes]) -> None:
        try:
            receipt = await self._client.send_encoded(batch, context=self._context, imported=True)
        except ApiError as refusal:
            if refusal.status != 413:
                raise
            # Too large: halves find the one event that is, and only that one is lost, and counted.
            if len(batch) == 1:
                self._report.add_refused(refusal.code or "too_large")
                return
            await self._send(batch[: len(batch) // 2])
            await self._send(batch[len(batch) // 2 :])
        else:
            self._report.add_receipt(receipt)
