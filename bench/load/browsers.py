"""Browsers that post, and listen to what comes of it: how long from when a post was due until its scores are there."""

import asyncio
from collections import defaultdict, deque
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from bench.load.line import Line
from bench.load.visits import Key, Post

CONNECTIONS = 64

Known = tuple[str, str | None]  # a visitor's pseudonym and, where the page listens, the token

_decode = msgspec.json.Decoder().decode


class Awaited:
    """Events that somebody waits for, by whose they are; `taken` gets the seconds of each that was counted."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.waiting = 0
        self._waiting: defaultdict[str, deque[tuple[Key, float, bool]]] = defaultdict(deque)
        self._keys: defaultdict[str, dict[str, Key]] = defaultdict(dict)

    def expect(self, whose: str, keys: list[Key], due: float, counts: bool) -> None:
        """Events were due to be sent at `due`."""
        for key in keys:
            self._waiting[whose].append((key, due, counts))
            self._keys[whose][key[1]] = key
            self.waiting += counts

    def heard(self, whose: str, last_event: str, now: float) -> None:
        """A score of a session came, whose newest event is `last_event`: it is of all events up to that one."""
        newest = self._keys[whose].get(last_event)
        waiting = self._waiting[whose]
        while newest is not None and waiting and waiting[0][0] <= newest:
            (_, name), due, counts = waiting.popleft()
            if name != last_event:
                del self._keys[whose][name]
            if counts:
                self.taken.append(now - due)
                self.waiting -= 1


class Stream(asyncio.Protocol):
    """A visitor's open stream of scores, as a page holds it."""

    def __init__(self, visitor: str, path: str, awaited: Awaited) -> None:
        self._visitor = visitor
        self._path = path
        self._awaited = awaited
        self._got = b""
        self.open = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(b"GET %b HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n" % self._path.encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._got = (self._got + data).split(b"\n")
        now = asyncio.get_running_loop().time()
        for line in lines:
            self.open = self.open or line.startswith(b"retry")
            if line.startswith(b"data: "):
                self._awaited.heard(self._visitor, _decode(line[6:])["last_event"], now)


class Browsers:
    """Posts what is due, whether or not what was posted before has been answered."""

    def __init__(self, url: str, key: str, stored: Awaited, streamed: Awaited) -> None:
        self._url = urlsplit(url)
        self._key = key
        self._stored, self._streamed = stored, streamed
        self._streams: dict[str, Stream] = {}
        self.late: list[float] = []
        self.failed = 0
        self.most_streams = 0

    async def post(self, due: list[Post], known: dict[str, Known], began: float, from_ms: int) -> None:
        """Posts from the moment `began` of the loop's clock on. Those that are due from `from_ms` on count."""
        loop = asyncio.get_running_loop()
        free: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            await loop.create_connection(lambda: Line(free), self._url.hostname, self._url.port)
        head = f"POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {self._key}\r\n"
        head += "content-type: application/json\r\ncontent-length: %d\r\n\r\n"
        for post in due:
            at = began + post.due / 1_000
            if (wait := at - loop.time()) > 0:
                await asyncio.sleep(wait)
            line = await free.get()
            pseudonym, token = known[post.visitor]
            counts = post.due >= from_ms
            self._stored.expect(pseudonym, post.keys, at, counts)
            stream = self._streams.get(post.visitor)
            if stream is not None and stream.open:
                self._streamed.expect(post.visitor, post.keys, at, counts)
            line.answered = self._answered
            line.transport.write((head % len(post.body)).encode() + post.body)
            if counts:
                self.late.append(loop.time() - at)
            if token is not None:
                await self._listen(post, token, stream)

    async def _listen(self, post: Post, token: str, stream: Stream | None) -> None:
        """A page opens its stream with the answer to its first post, and is left some seconds after the last."""
        loop = asyncio.get_running_loop()
        if stream is None:
            asked = {"key": self._key, "visitor": post.visitor, "token": token}
            path = "/v1/intelligence/stream?" + urlencode(asked)
            stream = self._streams[post.visitor] = Stream(post.visitor, path, self._streamed)
            await loop.create_connection(lambda: stream, self._url.hostname, self._url.port)
            self.most_streams = max(self.most_streams, len(self._streams))
        if post.last:
            loop.call_later(3.0, self._leave, post.visitor)

    def _leave(self, visitor: str) -> None:
        self._streams.pop(visitor).transport.close()

    def _answered(self, status: bytes) -> None:
        self.failed += status != b"200"
