"""Where a request comes from, as far as serving needs it: for limits of sign-in, and for cookies of secure origins."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar.connection import ASGIConnection


class Callers(msgspec.Struct, frozen=True):
    """`address_of` takes host:port of the connection and its X-Forwarded-For headers; `trusts` takes host:port."""

    address_of: Callable[[str, Sequence[str]], str]
    trusts: Callable[[str], bool]

    def address(self, request: ASGIConnection[Any, Any, Any, Any]) -> str:
        return self.address_of(_connected(request), request.headers.getall("x-forwarded-for", []))

    def is_secure(self, request: ASGIConnection[Any, Any, Any, Any]) -> bool:
        """Whether the browser spoke https: to this process, or to a proxy that is trusted to say so."""
        if request.scope["scheme"] == "https":
            return True
        said = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        return said == "https" and self.trusts(_connected(request))


def _connected(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    client = request.scope.get("client")
    if client is None:
        return ""
    host, port = client
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
