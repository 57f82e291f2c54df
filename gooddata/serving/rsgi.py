"""Lets an ASGI application answer on an RSGI server, so that ingestion can have RSGI, which costs less a request."""

from typing import Any

from gooddata.errors import GoodDataError


class AsgiOverRsgi:
    """An RSGI callable around an ASGI application. HTTP only: bodies are read whole, responses may stream."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, protocol: Any) -> None:
        exchange = _Exchange(protocol)
        await self._app(_asgi_scope(scope), exchange.receive, exchange.send)


def _asgi_scope(scope: Any) -> dict[str, Any]:
    host, _, port = scope.client.rpartition(":")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": scope.path,
        "raw_path": scope.path.encode(),
        "query_string": scope.query_string.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in scope.headers.items()],
        "client": (host, int(port or 0)),
        "server": None,
        "state": {},
        "extensions": {},
    }


class _Exchange:
    """One request and its response, in ASGI's messages."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._body_was_read = False
        self._status = 500
        self._headers: list[tuple[str, str]] = []
        self._transport: Any = None

    async def receive(self) -> dict[str, Any]:
        if not self._body_was_read:
            self._body_was_read = True
            return {"type": "http.request", "body": await self._protocol(), "more_body": False}
        await self._protocol.client_disconnect()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._transport is None and not more:
            self._protocol.response_bytes(self._status, self._headers, body)
            return
        if self._transport is None:
            self._transport = self._protocol.response_stream(self._status, self._headers)
        if body:
            try:
                await self._transport.send_bytes(body)
            except RuntimeError as gone:
                raise ClientGone("the client closed the connection") from gone


class ClientGone(GoodDataError):
    """The client went away while its response was being sent."""
