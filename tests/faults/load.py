"""Senders that never rest, to several ingestion nodes, and what they were told."""

import asyncio
import random
import socket
import struct
import time
import uuid
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tests.integration.workbench import MINUTE

SENDERS = 6
PATIENCE_SECONDS = 30.0
HEAVY_AT_ONCE = 25  # of 30 kB each; a body may have 1 MB
_NAMES = (None, None, None, "$click", "Product Viewed", "Order Completed")


class Counted(msgspec.Struct):
    """Events of requests: what can be counted, and what must be refused."""

    good: int = 0
    bad: int = 0


class Load:
    """Each sender sends new events, some that it has sent before, one now and then that must be refused, and, where it
    has no answer, the same again, as senders do; through either node, in ever other groups.

    `acknowledged` are the ids that an answer has named as taken in; `answered` counts the events of requests that have
    an answer, `unanswered` of those that may or may not have come in. `refusals` counts what was said to those that are
    to come again. While `is_rude`, requests are sent badly before they are sent well (`rude` counts them); while
    `is_heavy`, with a great deal in them.
    """

    def __init__(self, urls: list[str], key: str, chance: random.Random, pause: float = 0.03) -> None:
        self.acknowledged: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.answered, self.unanswered = Counted(), Counted()
        self.spooled = 0
        self.refusals: Counter[str] = Counter()
        self.strange: Counter[str] = Counter()
        self.rude = 0
        self.stopped = self.is_rude = self.is_heavy = False
        # What was in records of the spool that were damaged on purpose: ids, and how many with their copies.
        self.touched: set[str] = set()
        self.touched_events = Counted()
        self._answered_by: set[str] = set()
        self._urls, self._key, self._chance, self._pause = urls, key, chance, pause
        self._began = int(time.time() * 1_000) - 90 * MINUTE

    async def run(self) -> None:
        """Until `stopped`, and everything has an answer."""
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            await asyncio.gather(*(self._send(client) for _ in range(SENDERS)))

    async def acknowledged_by_all(self) -> None:
        """Waits until everyone that is sent to has taken something in."""
        while self._answered_by != set(self._urls):
            await asyncio.sleep(0.02)

    def damaged(self, events: set[str], good: int, bad: int) -> None:
        """Bytes of these events are gone, with fault of nobody."""
        self.touched |= events
        self.touched_events.good += good
        self.touched_events.bad += bad

    async def _send(self, client: httpx.AsyncClient) -> None:
        waiting: list[dict[str, Any]] = []
        while not self.stopped or waiting:
            fresh = [] if self.stopped else [self._event() for _ in range(self._chance.randrange(1, 30))]
            self.sent += fresh
            waiting += fresh
            batch = self._that_fit([*waiting, *self._chance.sample(self.sent, min(5, len(self.sent)))])
            refused = [{"id": "refused", "type": "no such type"}] * (self._chance.random() < 0.1)
            mixed = [*batch, *refused]
            self._chance.shuffle(mixed)
            counted = self.unanswered
            url = self._chance.choice(self._urls)
            body = msgspec.json.encode({"writeKey": self._key, "batch": mixed})
            if self.is_rude:
                await self._send_badly(url, body)
                self.unanswered.good += len(batch)
                self.unanswered.bad += len(refused)
            with suppress(httpx.TransportError):
                answer = await client.post(f"{url}/v1/batch", content=body)
                if answer.status_code == 200:
                    told = answer.json()
                    assert len(told["rejected"]) == len(refused), told
                    self.spooled += told["spooled"]
                    taken = {event["id"] for event in batch}
                    self.acknowledged |= taken
                    waiting = [event for event in waiting if event["id"] not in taken]
                    counted = self.answered
                    self._answered_by.add(url)
                elif answer.status_code == 503:
                    is_told = "json" in answer.headers["content-type"]
                    self.refusals[answer.json()["message"] if is_told else answer.text] += 1
                else:
                    self.strange[f"{answer.status_code} {answer.text[:200]}"] += 1
            counted.good += len(batch)
            counted.bad += len(refused)
            await asyncio.sleep(self._pause)

    def _that_fit(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The first of them, as many as a request may hold."""
        heavy = [place for place, event in enumerate(events) if "text" in event.get("context", {})]
        return events[: heavy[HEAVY_AT_ONCE] if len(heavy) > HEAVY_AT_ONCE else 200][:200]

    async def _send_badly(self, url: str, body: bytes) -> None:
        """Half a body, or all of it, and the connection is reset before the answer."""
        self.rude += 1
        address = urlsplit(url)
        head = f"POST /v1/batch HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        whole = self._chance.random() < 0.5
        sent = body if whole else body[: self._chance.randrange(len(body))]
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2.0):
                _, writer = await asyncio.open_connection(address.hostname, address.port)
                writer.write(head + sent)
                await writer.drain()
                await asyncio.sleep(self._chance.choice([0, 0.002, 0.02]))
                # With this option, closing is a reset.
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()

    def _event(self) -> dict[str, Any]:
        """Of one of fifty visitors, within the last hour and a half: in order mostly, or late."""
        chance = self._chance
        name = chance.choice(_NAMES)
        event: dict[str, Any] = {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "visitor": f"visitor {chance.randrange(50)}",
            "timestamp": self._began + (len(self.sent) * 150 + chance.randrange(20) * MINUTE) % (90 * MINUTE),
        }
        context = {"text": "x" * 30_000} if self.is_heavy else {}
        if name is None:
            page = {"path": chance.choice(["/", "/a", "/b"])}
            return event | {"type": "page", "context": context | {"page": page}}
        properties = {"revenue": chance.randrange(1, 50)} if name == "Order Completed" else {}
        return event | {"type": "track", "name": name, "properties": properties, "context": context}
