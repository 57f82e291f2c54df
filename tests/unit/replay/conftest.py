"""A small ingestion API on a real socket, which keeps what it is sent and knows ids that it has seen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import hypothesis
import msgspec
import pytest

# How long an example takes says something about the machine, and nothing about a parser.
hypothesis.settings.register_profile("gooddata", deadline=None)
hypothesis.settings.load_profile("gooddata")


class Api:
    """`batches` are the bodies that it answered, `events` all their events, each with its batch's context."""

    def __init__(self) -> None:
        self.url = ""
        self.batches: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.imported: list[bool] = []
        self.status = 200
        self.most_events = 1_000
        self.delay = 0.0
        self.before_answer: Callable[[], None] = lambda: None
        self.overview: dict[str, Any] = {"sessions": 0}
        self._answered = asyncio.Event()
        self._seen: set[tuple[str, str]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                size = int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0)
                body = await reader.readexactly(size)
                await asyncio.sleep(self.delay)
                status, answer = self._answer(head, body)
                content = msgspec.json.encode(answer)
                self._answered.set()
                writer.write(b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%b" % (status, len(content), content))
        except asyncio.IncompleteReadError:
            writer.close()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until an answer makes it true."""
        async with asyncio.timeout(10.0):
            while not condition():
                self._answered.clear()
                await self._answered.wait()

    def _answer(self, head: str, body: bytes) -> tuple[int, Any]:
        self.before_answer()
        if self.status != 200:
            return self.status, {"error": {"code": "told_to", "message": "told to refuse", "field": None}}
        if head.startswith("get /api/overview"):
            return 200, self.overview
        batch = msgspec.json.decode(body)
        if len(batch["batch"]) > self.most_events:
            return 413, {"error": {"code": "batch_too_large", "message": "too many", "field": "batch"}}
        self.batches.append(batch)
        self.imported.append("x-gooddata-import: 1" in head)
        receipt: dict[str, Any] = {"accepted": 0, "duplicate": 0, "spooled": 0, "rejected": []}
        for index, event in enumerate(batch["batch"]):
            identity = (event.get("visitor", ""), event["id"])
            if "visitor" not in event:
                rejection = {"index": index, "id": event["id"], "field": "visitor", "reason": "missing_visitor"}
                receipt["rejected"].append(rejection)
            elif identity in self._seen:
                receipt["duplicate"] += 1
            else:
                self._seen.add(identity)
                receipt["accepted"] += 1
                self.events.append({**event, "context": {**batch["context"], **event.get("context", {})}})
        return 200, receipt


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    recording = Api()
    listening = await asyncio.start_server(recording.serve, "127.0.0.1", 0, limit=2**22)
    recording.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield recording
    listening.close()
