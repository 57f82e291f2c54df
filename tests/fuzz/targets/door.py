"""Bytes on a connection, as they come: in one piece, or in two from the place that the first byte tells."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from gooddata.door import Door, House, Request
from gooddata.ingestion import limits

SEEDS = [
    b"\x00GET /page HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x20POST /v1/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPOST /v1/batch HTTP/1.0\r\n\r\n",
    b"\x00POST /v1/batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"\x00POST /v1/batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /page HTTP/1.1\r\n\r\n",
    b"\x00GET /page?%ff#\xff HTTP/1.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
    b"\x05GET /page HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nHost: \xff\xfe\r\n\r\nGET /page HTTP/1.1\r\n\r\n",
    b"\x00PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00GET http://[::1 HTTP/1.1\r\nCookie: a=b; gooddata_session=\xff\r\n\r\n",
]  # fmt: skip
_LOOP = asyncio.new_event_loop()


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("127.0.0.1", 80)})
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def set_protocol(self, protocol: Any) -> None:
        raise AssertionError("nobody else takes this connection over")

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0


async def _page(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def _endpoint(request: Request) -> None:
    assert len(request.body) <= limits.BODY_BYTES
    for name in ("authorization", "x-forwarded-for"):
        request.headers.get_all(name)
    request.respond(200, b"", b"taken")


def attack(data: bytes) -> None:
    _LOOP.run_until_complete(_come(data))


async def _come(data: bytes) -> None:
    config = Config(_page, interface="asgi3", lifespan="off", ws="none", log_config=None, access_log=False)
    config.load()
    house = House(config, ServerState(), lambda path: _endpoint if path.startswith(b"/v1") else None)
    door, transport = Door(house), Transport()
    door.connection_made(transport)
    place = 1 + (data[:1] or b"\0")[0]
    for part in (data[1:place], data[place:]):
        if part and not transport.closed:
            door.data_received(part)
            await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    door.connection_lost(None)
    tasks = list(house.state.tasks)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not transport.written or transport.written.startswith(b"HTTP/1.1 ")
    assert house.bodies == 0 and not house.doors
