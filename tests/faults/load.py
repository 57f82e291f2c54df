"""Senders that never rest, to several ingestion nodes, and what they were told."""

import asyncio
import random
import time
import uuid
from contextlib import suppress
from typing import Any

import httpx
import msgspec

from tests.integration.workbench import MINUTE

SENDERS = 6
PATIENCE_SECONDS = 30.0
_NAMES = (None, None, None, "$click", "Product Viewed", "Order Completed")


class Counted(msgspec.Struct):
    """Events of requests: what can be counted, and what must be refused."""

    good: int = 0
    bad: int = 0


class Load:
    """Each sender sends new events, some that it has sent before, one now and then that must be refused, and, where it
    has no answer, the same again, as senders do; through either node, in ever other groups.

    `acknowledged` are the ids that an answer has named as taken in; `answered` counts the events of requests that have
    an answer, `unanswered` of those that may or may not have come in.
    """

    def __init__(self, urls: list[str], key: str, chance: random.Random, pause: float = 0.03) -> None:
        self.acknowledged: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.answered, self.unanswered = Counted(), Counted()
        self.spooled = 0
        self.stopped = False
        self._urls, self._key, self._chance, self._pause = urls, key, chance, pause
        self._began = int(time.time() * 1_000) - 90 * MINUTE

    async def run(self) -> None:
        """Until `stopped`, and everything has an answer."""
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            await asyncio.gather(*(self._send(client) for _ in range(SENDERS)))

    async def _send(self, client: httpx.AsyncClient) -> None:
        waiting: list[dict[str, Any]] = []
        while not self.stopped or waiting:
            fresh = [] if self.stopped else [self._event() for _ in range(self._chance.randrange(1, 30))]
            self.sent += fresh
            waiting += fresh
            batch = [*waiting, *self._chance.sample(self.sent, min(5, len(self.sent)))][:200]
            refused = [{"id": "refused", "type": "no such type"}] * (self._chance.random() < 0.1)
            mixed = [*batch, *refused]
            self._chance.shuffle(mixed)
            counted = self.unanswered
            with suppress(httpx.TransportError):
                url = f"{self._chance.choice(self._urls)}/v1/batch"
                answer = await client.post(url, json={"writeKey": self._key, "batch": mixed})
                if answer.status_code == 200:
                    told = answer.json()
                    assert len(told["rejected"]) == len(refused), told
                    self.spooled += told["spooled"]
                    taken = {event["id"] for event in batch}
                    self.acknowledged |= taken
                    waiting = [event for event in waiting if event["id"] not in taken]
                    counted = self.answered
                else:
                    assert answer.status_code == 503, answer.text
            counted.good += len(batch)
            counted.bad += len(refused)
            await asyncio.sleep(self._pause)

    def _event(self) -> dict[str, Any]:
        """Of one of fifty visitors, within the last hour and a half: in order mostly, or late."""
        chance = self._chance
        name = chance.choice(_NAMES)
        event: dict[str, Any] = {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "visitor": f"visitor {chance.randrange(50)}",
            "timestamp": self._began + (len(self.sent) * 150 + chance.randrange(20) * MINUTE) % (90 * MINUTE),
        }
        if name is None:
            page = {"path": chance.choice(["/", "/a", "/b"])}
            return event | {"type": "page", "context": {"page": page}}
        properties = {"revenue": chance.randrange(1, 50)} if name == "Order Completed" else {}
        return event | {"type": "track", "name": name, "properties": properties}
