"""Opens the HTTP doors of a process, ends overdue connections, and closes."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from gooddata.door import Door, EndpointOf, House
from gooddata.ingestion import limits
from gooddata.inside.numbers import Sample
from gooddata.inside.requests import Requests
from gooddata.inside.traces import Traces
from gooddata.tls import HANDSHAKE_SECONDS

SWEEP_SECONDS = 5.0
WAITING_CONNECTIONS = 65_535  # to be accepted; the system lowers it to its own bound (net.core.somaxconn)
ACCEPTED_A_TURN = 64


class Listening:
    """Listens on one port, by several descriptors of one socket.

    libuv, on which the event loop stands, accepts one connection for each descriptor in a turn of the loop. With one
    descriptor, those who come while turns are long wait for as many turns as there are connections before them; and
    where so many wait that the system drops one, it tries again after seconds, and after a minute in the end.
    """

    def __init__(self, servers: Sequence[asyncio.Server]) -> None:
        self._servers = servers

    @property
    def port(self) -> int:
        return int(self._servers[0].sockets[0].getsockname()[1])

    def close(self) -> None:
        for server in self._servers:
            server.close()

    async def wait_closed(self) -> None:
        for server in self._servers:
            await server.wait_closed()


async def _listen(house: House, host: str, port: int, tls: ssl.SSLContext | None) -> Listening:
    loop = asyncio.get_running_loop()
    patience = None if tls is None else HANDSHAKE_SECONDS
    first = await loop.create_server(
        lambda: Door(house), host, port, backlog=WAITING_CONNECTIONS, ssl=tls, ssl_handshake_timeout=patience
    )
    servers = [first]
    for listening in first.sockets:
        for _ in range(ACCEPTED_A_TURN - 1):
            also = socket.socket(fileno=os.dup(listening.fileno()))
            further = await loop.create_server(
                lambda: Door(house), sock=also, backlog=WAITING_CONNECTIONS, ssl=tls, ssl_handshake_timeout=patience
            )
            servers.append(further)
    return Listening(servers)


async def open_doors(
    app: Any,
    endpoint_of: EndpointOf,
    host: str,
    port: int,
    requests: Requests | None = None,
    traces: Traces | None = None,
    routes: Mapping[bytes, str] | None = None,
    tls: ssl.SSLContext | None = None,
    most_connections: int = limits.CONNECTIONS,
) -> tuple[Listening, House]:
    """Listens, for HTTPS with `tls`; endpoints answer their paths, the ASGI application `app` all others. `requests`
    counts them."""
    config = Config(
        app,
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=limits.IDLE_SECONDS,
    )
    config.load()
    house = House(config, ServerState(), endpoint_of, requests or Requests(), traces, routes or {}, most_connections)
    house.empty.set()
    return await _listen(house, host, port, tls), house


async def sweep(house: House) -> None:
    """Ends overdue connections, until cancelled."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        now = asyncio.get_running_loop().time()
        for door in list(house.doors):
            door.close_if_overdue(now)


def samples(house: House) -> Iterable[Sample]:
    """What the doors have counted, and what they hold now."""
    yield from house.requests.samples()
    yield Sample("gooddata_http_connections", len(house.doors))
    yield Sample("gooddata_http_connections_limit", house.most_connections)
    yield Sample("gooddata_http_connections_refused_total", house.turned_away)
    yield Sample("gooddata_http_body_bytes", house.bodies)
    yield Sample("gooddata_http_body_bytes_limit", limits.BODIES_BYTES)


async def close_doors(server: Listening, house: House, patience: float) -> None:
    """Takes no more requests, waits a while for the answers that are due, and ends the rest."""
    server.close()
    for door in list(house.doors):
        door.shutdown()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await server.wait_closed()
            await house.empty.wait()
    for task in list(house.state.tasks):
        task.cancel()
    for door in list(house.doors):
        door.transport.abort()
