"""A TCP proxy in front of a real server, which can lose the server's answers, or everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LossyProxy:
    """While `loses_answers`, what the server answers is not passed on, although what it is told still reaches it. While
    it `is_cut`, nothing passes. What passes either way is `delay` seconds late. `port` is the server's.

    `delayed`, `lost` (pieces of what was sent), `broken` and `refused` (connections) count what it has done."""

    def __init__(self, port: int) -> None:
        self.loses_answers = False
        self.is_cut = False
        self.delay = 0.0
        self.port = port
        self.delayed = self.lost = self.broken = self.refused = 0
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """The port it listens on."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            self.break_connections()

    def cut(self) -> None:
        """Lets nothing through any more, until `is_cut` is taken back."""
        self.is_cut = True
        self.break_connections()

    def break_connections(self) -> None:
        # Each connection has a writer for either end.
        self.broken += len(self._writers) // 2
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            self.refused += 1
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, server_writer}
        both = (self._pass(reader, server_writer, answers=False), self._pass(server_reader, writer, answers=True))
        with contextlib.suppress(OSError):
            await asyncio.gather(*both)
        for one in (writer, server_writer):
            self._writers.discard(one)
            one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        while content := await reader.read(65_536):
            if answers and self.loses_answers:
                self.lost += 1
                continue
            if self.delay:
                self.delayed += 1
                await asyncio.sleep(self.delay)
            writer.write(content)
            await writer.drain()
        writer.close()
