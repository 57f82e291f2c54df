"""The files that browsers get: the engine, the dashboard, the demo shop, and the sign-in link."""

from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from gooddata.serving.access import COOKIE, Access
from gooddata.serving.accounts_api import session_cookie
from gooddata.serving.callers import Callers

ASSETS = Path(__file__).parent / "assets"

_PAGE_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
        "img-src 'self' data:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_HASHED_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
_ENGINE_HEADERS = {
    "cache-control": "public, max-age=300",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


class DemoConfig:
    """What the demo shop needs to know: the project it reports to, and its write key."""

    def __init__(self, project: str | None, write_key: str | None) -> None:
        self.project, self.write_key = project, write_key


# Every page of the dashboard has an address of its own; the dashboard shows it.
PAGES = [
    "/", "/live", "/behaviour", "/events", "/funnels", "/retention", "/paths", "/segments", "/intelligence", "/privacy",
    "/pipeline", "/alerts", "/settings",
]  # fmt: skip


@get(PAGES, include_in_schema=False)
async def dashboard() -> Response[bytes]:
    return _asset("dashboard/index.html", _PAGE_HEADERS)


@get("/assets/{path:path}", include_in_schema=False)
async def dashboard_asset(path: str) -> Response[bytes]:
    return _asset(f"dashboard/assets/{path.lstrip('/')}", _HASHED_HEADERS)


@get("/gooddata.js", include_in_schema=False)
async def engine() -> Response[bytes]:
    return _asset("gooddata.js", _ENGINE_HEADERS)


@get(["/demo", "/demo/{path:path}"], include_in_schema=False)
async def demo(demo_config: DemoConfig, path: str = "") -> Response[Any]:
    """A file of the demo shop, or its page: the shop draws every path below /demo itself."""
    if demo_config.write_key is None:
        raise NotFoundException("the demo shop is not running; start it with: gooddata up --demo")
    name = path.lstrip("/")
    if name == "config.json":
        return Response({"write_key": demo_config.write_key, "project": demo_config.project}, headers=_PAGE_HEADERS)
    return _asset(f"demo/{name}" if Path(name).suffix in _TYPES else "demo/index.html", _PAGE_HEADERS)


@get("/sign-in", include_in_schema=False)
async def sign_in(request: Request[Any, Any, Any], access: Access, callers: Callers, token: str) -> Response[Any]:
    """Uses up a one-time link and sends the browser, now signed in, to the dashboard."""
    cookie = await access.use_link(token, request.cookies.get(COOKIE))
    if cookie is None:
        text = "This link was used already, or is too old. Ask an owner for another, or run: gooddata sign-in\n"
        return Response(text, status_code=410, media_type=MediaType.TEXT)
    return Redirect(
        "/",
        cookies=[session_cookie(cookie, callers.is_secure(request))],
        headers={"cache-control": "no-store", "referrer-policy": "no-referrer"},
    )


def _asset(name: str, headers: dict[str, str]) -> Response[bytes]:
    path = (ASSETS / name).resolve()
    if not path.is_relative_to(ASSETS) or not path.is_file():
        raise NotFoundException(f"there is no /{name}")
    return Response(path.read_bytes(), headers=headers, media_type=_TYPES.get(path.suffix, "application/octet-stream"))


def router() -> Router:
    return Router("/", route_handlers=[dashboard, dashboard_asset, engine, demo, sign_in])
