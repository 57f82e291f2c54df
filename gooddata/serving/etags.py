"""Answers of the query API that have not changed are not sent again.

Each carries a hash of itself (`ETag`); who says with `If-None-Match` which one it has already gets 304 and no body.
"""

from typing import Any

import xxhash
from litestar.types import ASGIApp, Receive

_JSON = b"application/json"


class ETags:
    """ASGI middleware: of GET requests answered with JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        start: Any = None
        parts: list[bytes] = []

        async def with_tag(message: Any) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if message["status"] != 200 or not headers.get(b"content-type", b"").startswith(_JSON):
                    await send(message)
                    return
                start = message
                return
            if start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts)
            tag = b'"%s"' % xxhash.xxh3_64_hexdigest(body).encode()
            kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            same = tag in (each.strip().removeprefix(b"W/") for each in known.split(b","))
            body = b"" if same else body
            headers_now = [*kept, (b"etag", tag), (b"cache-control", b"private, no-cache")]
            if not same:
                headers_now.append((b"content-length", str(len(body)).encode()))
            await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers_now})
            await send({"type": "http.response.body", "body": body, "more_body": False})

        await self._app(scope, receive, with_tag)
