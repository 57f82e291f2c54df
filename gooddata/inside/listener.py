"""Where metrics are told: at `/metrics`, to those with the token; on a Unix socket, to those who may open it.

Being on this machine opens nothing by itself: behind a proxy, everybody is.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gooddata.errors import ConfigurationError
from gooddata.inside.metrics import CONTENT_TYPE, Metrics

PATH = "/metrics"
SOCKET = "unix:"
HEAD_BYTES = 8_192
HEAD_SECONDS = 5.0
CONNECTIONS = 32

_WHY = {
    401: b"metrics are for those with the token: Authorization: Bearer ...; docs/metrics.md says where it is\n",
    404: b"there is nothing here but /metrics\n",
    405: b"metrics are read with GET\n",
    431: b"the headers are too large\n",
    503: b"metrics cannot be told now\n",
}
_PHRASES = {200: b"OK", 401: b"Unauthorized", 404: b"Not Found", 405: b"Method Not Allowed"}
_PHRASES |= {431: b"Request Header Fields Too Large", 503: b"Service Unavailable"}


def is_allowed(authorization: str | None, token: str | None) -> bool:
    """Whether a request's Authorization header has the token; never, where there is none. Takes as long for a token
    that is nearly right as for any other."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return False
    return hmac.compare_digest(_digest(given.strip()), _digest(token))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


async def answer(metrics: Metrics, method: str, authorized: bool) -> tuple[int, bytes, bytes]:
    """Status, lines of headers and body for a request to PATH."""
    if not authorized:
        why = b"" if method == "HEAD" else _WHY[401]
        return 401, b"content-type: text/plain\r\nwww-authenticate: Bearer\r\n", why
    if method != "GET":
        return 405, b"content-type: text/plain\r\nallow: GET\r\n", b"" if method == "HEAD" else _WHY[405]
    return 200, b"content-type: %b\r\ncache-control: no-store\r\n" % CONTENT_TYPE.encode(), await metrics.text()


@asynccontextmanager
async def listening(address: str | None, metrics: Metrics, token: str | None) -> AsyncIterator[None]:
    """Tells metrics at `address`, as 127.0.0.1:9100 or unix:/run/gooddata/work; nowhere, where that is None.

    Raises ConfigurationError when nobody can listen there.
    """
    if address is None:
        yield
        return
    open_connections: set[asyncio.StreamWriter] = set()
    to_all = address.startswith(SOCKET)  # all who may open the socket

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_connections.add(writer)
        try:
            if len(open_connections) <= CONNECTIONS:
                await _serve(reader, writer, metrics, None if to_all else token, to_all)
        finally:
            open_connections.discard(writer)
            writer.close()

    server = await _opened(address, serve)
    try:
        yield
    finally:
        server.close()
        for writer in list(open_connections):
            writer.close()
        if to_all:
            _removed(address)


def _removed(address: str) -> Path:
    """The path of a socket, at which nothing is any more."""
    path = Path(address.removeprefix(SOCKET))
    with contextlib.suppress(OSError):
        path.unlink()
    return path


async def _opened(address: str, serve: object) -> asyncio.Server:
    try:
        if address.startswith(SOCKET):
            path = _removed(address)  # left by a process that was killed
            server = await asyncio.start_unix_server(serve, path, limit=HEAD_BYTES)  # type: ignore[arg-type]
            os.chmod(path, 0o600)  # noqa: PTH101
            return server
        host, _, port = address.rpartition(":")
        return await asyncio.start_server(serve, host.strip("[]"), int(port), limit=HEAD_BYTES)  # type: ignore[arg-type]
    except (OSError, ValueError, OverflowError) as failure:
        why = os.strerror(failure.errno) if isinstance(failure, OSError) and failure.errno else failure
        raise ConfigurationError(
            f"metrics cannot be told at {address} ({why}); give each process an address of its own with "
            "GOODDATA_METRICS_LISTEN, as 127.0.0.1:9100 or unix:/run/gooddata/work"
        ) from None


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, metrics: Metrics, token: str | None, to_all: bool
) -> None:
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        await _say(writer, 431)
        return
    except (TimeoutError, asyncio.IncompleteReadError, OSError):
        return
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if path != PATH:
        await _say(writer, 404)
        return
    authorized = to_all or is_allowed(headers.get("authorization"), token)
    await _send(writer, *await answer(metrics, method, authorized))


async def _say(writer: asyncio.StreamWriter, status: int) -> None:
    await _send(writer, status, b"content-type: text/plain\r\n", _WHY[status])


async def _send(writer: asyncio.StreamWriter, status: int, headers: bytes, body: bytes) -> None:
    head = b"HTTP/1.1 %d %b\r\n%bcontent-length: %d\r\nconnection: close\r\n\r\n"
    writer.write(head % (status, _PHRASES[status], headers, len(body)) + body)
    with contextlib.suppress(OSError):
        await writer.drain()
