"""Opens the HTTP doors of a process, ends overdue connections, and closes."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Mapping
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


async def open_doors(
    app: Any,
    endpoint_of: EndpointOf,
    host: str,
    port: int,
    requests: Requests | None = None,
    traces: Traces | None = None,
    routes: Mapping[bytes, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> tuple[asyncio.Server, House]:
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
    house = House(config, ServerState(), endpoint_of, requests or Requests(), traces, routes or {})
    house.empty.set()
    patience = None if tls is None else HANDSHAKE_SECONDS
    server = await asyncio.get_running_loop().create_server(
        lambda: Door(house), host, port, backlog=2048, ssl=tls, ssl_handshake_timeout=patience
    )
    return server, house


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
    yield Sample("gooddata_http_connections_limit", limits.CONNECTIONS)
    yield Sample("gooddata_http_connections_refused_total", house.turned_away)
    yield Sample("gooddata_http_body_bytes", house.bodies)
    yield Sample("gooddata_http_body_bytes_limit", limits.BODIES_BYTES)


async def close_doors(server: asyncio.Server, house: House, patience: float) -> None:
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
