"""What every answer of serving tells browsers, where it says nothing else: to take it for no more than it is."""

from typing import Any

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    # An answer that is no page loads nothing, and stands in nobody's frame.
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)


class SafeHeaders:
    """An ASGI application around another one."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {bytes(name).lower() for name, _ in headers}
                message["headers"] = [*headers, *(each for each in _ALWAYS if each[0] not in names)]
            await send(message)

        await self._app(scope, receive, told)
