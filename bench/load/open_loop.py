"""Sends requests at moments that are fixed beforehand, over many connections that stay open; a process of its own.

A request is due whether or not the server keeps up, and its latency counts from when it was due: one that finds no free
connection waits here, and that is part of it. Run with a port, a key and a seed; each line of standard input is a
`Phase`, each line of standard output what came of it, and at the end of the input all that was sent goes to a file.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from array import array
from collections import deque
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import uvloop

from bench.load.mixed import Chosen, Template, templates, who

TICK_SECONDS = 0.001  # between looks for what is due
GIVE_UP_SECONDS = 1.0  # after which who finds no free connection sends nothing any more
PATIENCE_SECONDS = 10.0  # for answers after the last request of a phase
RESENT_SHARE = 0.02  # of requests that are sent a second time, with the same ids
RESENT_OF = 20_000  # of the requests before, which one
NEVER_SENT, UNANSWERED = 1, 0  # in the place of an HTTP status
QUANTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "p999_ms": 0.999}


class Stretch(msgspec.Struct):
    """So many requests a second for some seconds; 0: each connection sends as soon as it is answered. `connections` are
    opened before it, and those that are too many ended after it."""

    rate: float
    seconds: float
    connections: int


class Phase(msgspec.Struct):
    """Stretches without a pause in between. What waits for a connection at the end of each is not sent any more."""

    stretches: list[Stretch]


class _Receipt(msgspec.Struct):
    accepted: int
    duplicate: int
    spooled: int
    rejected: list[msgspec.Raw]


_COLUMNS = ("number", "template", "status", "due", "taken", "wire")
_receipt = msgspec.json.Decoder(_Receipt).decode


class Sent:
    """All that was ever sent, a column each. `due` is in seconds of the loop's clock, `taken` in
    seconds from then to the answer, `wire` from its sending."""

    def __init__(self) -> None:
        self.number, self.template, self.status = array("I"), array("H"), array("H")
        self.due, self.taken, self.wire = array("d"), array("f"), array("f")
        # Answers of 200 that do not add up to the events of their request.
        self.wrong = 0
        self.accepted = self.duplicate = self.spooled = self.rejected = 0

    def columns(self) -> dict[str, Any]:
        return {name: np.array(getattr(self, name)) for name in _COLUMNS}


class _Connection(asyncio.Protocol):
    __slots__ = ("_received", "place", "sender", "since", "transport")

    def __init__(self, sender: "Sender") -> None:
        self.sender = sender
        self.place = -1
        self.since = 0.0
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.sender.connected(self)

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        head = data.find(b"\r\n\r\n")
        at = data.find(b"content-length: ", 0, head)
        if head < 0 or len(data) < head + 4 + int(data[at + 16 : data.index(b"\r", at)]):
            self._received = data
            return
        self._received = b""
        self.sender.answered(self, int(data[9:12]), data[head + 4 :])

    def connection_lost(self, exc: Exception | None) -> None:
        self.sender.lost(self)


class Sender:
    def __init__(self, port: int, key: str, seed: int) -> None:
        self._port = port
        self._templates: list[Template] = templates(f"127.0.0.1:{port}", key)
        self._chosen = Chosen(seed)
        self._random = np.random.default_rng(seed)
        self._next: list[int] = []
        self._shares: list[float] = []
        self._number = 0
        self.sent = Sent()
        self._loop = asyncio.get_running_loop()
        self._open: set[_Connection] = set()
        self._free: deque[_Connection] = deque()
        self._waiting: deque[int] = deque()
        self._under_way = 0
        self._flooding = False
        self.turned_away = self.broken = 0

    async def open(self, connections: int) -> None:
        """Tries to have so many connections."""
        missing = connections - len(self._open)
        for start in range(0, missing, 200):
            count = min(200, missing - start)
            tried = [
                self._loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port) for _ in range(count)
            ]
            for failed in await asyncio.gather(*tried, return_exceptions=True):
                self.turned_away += isinstance(failed, BaseException)

    def close(self, connections: int) -> None:
        """Ends those that are more than so many, once they are free."""
        while len(self._open) > connections and self._free:
            connection = self._free.pop()
            self._open.discard(connection)
            connection.transport.abort()

    def connected(self, connection: _Connection) -> None:
        self._open.add(connection)
        self._go_on(connection)

    def lost(self, connection: _Connection) -> None:
        if connection not in self._open:
            return
        self._open.discard(connection)
        if connection.place >= 0:
            self.broken += 1
            self._under_way -= 1
        else:
            self.turned_away += 1
            self._free.remove(connection)

    def answered(self, connection: _Connection, status: int, body: bytes) -> None:
        sent, place = self.sent, connection.place
        connection.place = -1
        self._under_way -= 1
        sent.status[place] = status
        now = self._loop.time()
        sent.taken[place] = now - sent.due[place]
        sent.wire[place] = now - connection.since
        if status == 200:
            template, receipt = self._templates[sent.template[place]], _receipt(body)
            taken, rejected = receipt.accepted + receipt.duplicate + receipt.spooled, len(receipt.rejected)
            sent.wrong += taken + rejected != template.size or rejected != template.bad
            sent.accepted += receipt.accepted
            sent.duplicate += receipt.duplicate
            sent.spooled += receipt.spooled
            sent.rejected += rejected
        self._go_on(connection)

    def _go_on(self, connection: _Connection) -> None:
        waiting, now = self._waiting, self._loop.time()
        while waiting and self.sent.due[waiting[0]] < now - GIVE_UP_SECONDS:
            waiting.popleft()
        if waiting:
            self._send(connection, waiting.popleft())
        elif self._flooding:
            self._send(connection, self._note(self._loop.time()))
        else:
            self._free.append(connection)

    def _note(self, due: float) -> int:
        """Makes a place for a request that is due."""
        sent = self.sent
        if not self._next:
            self._next = self._chosen.some(10_000)
        place = len(sent.number)
        if place > 100 and self._random_share() < RESENT_SHARE:
            other = place - 1 - int(self._random_share() * min(place - 1, RESENT_OF))
            sent.number.append(sent.number[other])
            sent.template.append(sent.template[other])
        else:
            sent.number.append(self._number)
            sent.template.append(self._next.pop())
            self._number += 1
        sent.status.append(NEVER_SENT)
        sent.due.append(due)
        sent.taken.append(0.0)
        sent.wire.append(0.0)
        return place

    def _random_share(self) -> float:
        if not self._shares:
            self._shares = self._random.random(10_000).tolist()
        return self._shares.pop()

    def _send(self, connection: _Connection, place: int) -> None:
        sent = self.sent
        template, number = self._templates[sent.template[place]], sent.number[place]
        sent.status[place] = UNANSWERED
        connection.place = place
        connection.since = self._loop.time()
        self._under_way += 1
        connection.transport.write(template.written(number, who(number, template), time.time_ns() // 1_000_000))

    async def run(self, phase: Phase, steady: int) -> dict[str, Any]:
        """Sends a phase; what came of it, by stretch and second."""
        first = len(self.sent.number)
        wrong, turned_away, broken = self.sent.wrong, self.turned_away, self.broken
        cpu, began = time.process_time(), self._loop.time()
        ends = []
        for stretch in phase.stretches:
            opening = None
            if stretch.connections > len(self._open):
                opening = asyncio.create_task(self.open(stretch.connections))
                if stretch.connections <= steady:
                    await opening
            self.close(stretch.connections)
            start = self._loop.time()
            await (self._pace(stretch, start) if stretch.rate else self._flood(stretch, start))
            self._waiting.clear()
            ends.append((start, self._loop.time(), len(self.sent.number)))
            if opening is not None:
                await opening
        spent = time.process_time() - cpu
        patience = self._loop.time() + PATIENCE_SECONDS
        while self._under_way and self._loop.time() < patience:
            await asyncio.sleep(0.01)
        self.close(steady)
        return {
            "seconds": round(self._loop.time() - began, 3),
            "generator_share_of_a_core": round(spent / (ends[-1][1] - began), 3),
            "most_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "wrong_receipts": self.sent.wrong - wrong,
            "connections_turned_away": self.turned_away - turned_away,
            "connections_broken_with_a_request": self.broken - broken,
            "connections": len(self._open),
            "stretches": self._told(first, ends),
        }

    async def _pace(self, stretch: Stretch, start: float) -> None:
        due, end = start, start + stretch.seconds
        moments: list[float] = []
        while True:
            now = self._loop.time()
            while True:
                if not moments:
                    later = due + np.cumsum(self._random.exponential(1 / stretch.rate, 10_000))
                    due = float(later[-1])
                    moments = later[::-1].tolist()
                if moments[-1] > now or moments[-1] > end:
                    break
                place = self._note(moments.pop())
                if self._free:
                    self._send(self._free.popleft(), place)
                else:
                    self._waiting.append(place)
            if now >= end:
                return
            await asyncio.sleep(TICK_SECONDS)

    async def _flood(self, stretch: Stretch, start: float) -> None:
        self._flooding = True
        for _ in range(min(stretch.connections, len(self._free))):
            self._send(self._free.popleft(), self._note(self._loop.time()))
        await asyncio.sleep(start + stretch.seconds - self._loop.time())
        self._flooding = False

    def _told(self, first: int, ends: list[tuple[float, float, int]]) -> list[dict[str, Any]]:
        columns = {name: column[first:] for name, column in self.sent.columns().items()}
        size = np.array([template.size for template in self._templates])[columns["template"]]
        told, at = [], 0
        for start, end, last in ends:
            some = slice(at, last - first)
            at = last - first
            stretch = {name: column[some] for name, column in columns.items()}
            told.append(_of(stretch, size[some], start, end))
        return told


def _of(columns: dict[str, Any], size: Any, start: float, end: float) -> dict[str, Any]:
    status, taken, second = columns["status"], columns["taken"], (columns["due"] - start).astype(int)
    whole = _figures(status, taken, size, end - start)
    whole["from_sending"] = {
        "acknowledged": latencies(columns["wire"][status == 200]),
        "refused": latencies(columns["wire"][(status == 429) | (status == 503)]),
    }
    sizes = {
        str(each): latencies(taken[(status == 200) & (size == each)]) | {"requests": int((size == each).sum())}
        for each in np.unique(size).tolist()
    }
    seconds = [
        _figures(status[second == each], taken[second == each], size[second == each], 1.0)
        for each in range(int(end - start))
    ]
    minutes = [
        _figures(status[second // 60 == each], taken[second // 60 == each], size[second // 60 == each], 60.0)
        for each in range(int(end - start) // 60)
    ]
    return {"seconds": round(end - start, 3), **whole, "by_size": sizes, "by_second": seconds, "by_minute": minutes}


def _figures(status: Any, taken: Any, size: Any, seconds: float) -> dict[str, Any]:
    good = status == 200
    statuses, counts = np.unique(status[status > NEVER_SENT], return_counts=True)
    refused = (status == 429) | (status == 503)
    return {
        "requests": len(status),
        "events": int(size.sum()),
        "acknowledged_events": int(size[good].sum()),
        "acknowledged_events_per_second": round(float(size[good].sum()) / seconds, 1),
        "statuses": {str(one): count for one, count in zip(statuses.tolist(), counts.tolist(), strict=True)},
        "unanswered": int((status == UNANSWERED).sum()),
        "never_sent": int((status == NEVER_SENT).sum()),
        "acknowledged": latencies(taken[good]),
        "refused": latencies(taken[refused]),
    }


def latencies(taken: Any) -> dict[str, float]:
    """Quantiles in milliseconds; none where nothing was taken."""
    if not len(taken):
        return {}
    told = {name: round(float(np.quantile(taken, cut)) * 1_000, 1) for name, cut in QUANTILES.items()}
    return told | {"most_ms": round(float(taken.max()) * 1_000, 1)}


async def main(port: int, key: str, seed: int, steady: int, kept: Path) -> None:
    """Sends the phases of standard input, over so many connections that are open all the time."""
    sender = Sender(port, key, seed)
    await sender.open(steady)
    gc.collect()
    gc.disable()  # nothing that is made for a request has cycles
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await sender.run(msgspec.json.decode(line, type=Phase), steady)), flush=True)
    tallies = {name: getattr(sender.sent, name) for name in ("accepted", "duplicate", "spooled", "rejected", "wrong")}
    np.savez(kept, **sender.sent.columns(), tallies=np.array(list(tallies.values())))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])))
