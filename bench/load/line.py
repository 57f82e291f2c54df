"""One HTTP connection among many, for sending at fixed times."""

import asyncio
from typing import Any


class Line(asyncio.Protocol):
    """One connection, on which one request at a time is sent."""

    def __init__(self, free: asyncio.Queue["Line"]) -> None:
        self._free = free
        self._got = b""
        self.answered: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._free.put_nowait(self)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        if len(body) >= length:
            self._got = b""
            self.answered(head[9:12])
            self._free.put_nowait(self)
