"""One request out of a web server's log, as an event."""

import re
import uuid
from typing import Any

import msgspec

from gooddata.replay.automation import automation_rule
from gooddata.replay.campaign import campaign_of
from gooddata.replay.row import Row

_VISITORS = uuid.UUID("1f0b3a52-5c3e-5b0e-9c57-0d9c2a1e7b44")
_ORIGIN = re.compile(r"https?://[^/?#\s]+", re.I)
_PAGE_ENDINGS = {"html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "jspx", "do", "cfm"}


class Request(msgspec.Struct):
    """`at` is in epoch milliseconds. None says that the log does not tell."""

    host: str
    at: int
    method: str | None
    target: str | None
    status: int
    size: int | None = None
    user: str | None = None
    referrer: str | None = None
    agent: str | None = None


def request_event(request: Request, site: str | None = None) -> Row:
    """A successful GET of what looks like a page is a page event; everything else is the track event `Request`.

    The visitor is a UUIDv5 of host and user agent, so that no IP address is sent. The query is left out, but for
    campaign parameters. `site` is the address of the site itself, where it is known, such as https://example.com.
    """
    path, query = _path_and_query(request.target)
    page = {"path": path, "url": site and path and site + path, "referrer": request.referrer}
    context: dict[str, Any] = {"page": {name: value for name, value in page.items() if value}}
    if request.agent:
        context["userAgent"] = request.agent
    if "utm_" in query:
        context["campaign"] = campaign_of(query)
    if rule := automation_rule(request.agent, path):
        context |= {"automation": True, "automation_rule": rule}
    answered = {"method": request.method, "status": request.status, "bytes": request.size}
    event: dict[str, Any] = {
        "type": "page",
        "visitor": str(uuid.uuid5(_VISITORS, f"{request.host}\n{request.agent or ''}")),
        "properties": {name: value for name, value in answered.items() if value is not None},
        "context": context,
    }
    if not _shows_page(request, path):
        event |= {"type": "track", "name": "Request"}
    if request.user:
        event["user"] = request.user
    return Row(request.at, event)


def revealed_site(request: Request) -> str | None:
    """The site's own address, which a log does not tell, but for the pages that load their styles and scripts."""
    path, _ = _path_and_query(request.target)
    if not path.endswith((".css", ".js")) or not request.referrer:
        return None
    found = _ORIGIN.match(request.referrer)
    return found and found[0]


def _shows_page(request: Request, path: str) -> bool:
    """304 says that the browser showed the copy it had."""
    if request.method != "GET" or not path or not (200 <= request.status < 300 or request.status == 304):
        return False
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return not dot or not stem or ending.lower() in _PAGE_ENDINGS


def _path_and_query(target: str | None) -> tuple[str, str]:
    """Of '/a?b#c', or of the whole URL that a proxy is asked for."""
    if not target:
        return "", ""
    if target.startswith(("http://", "https://")):
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("#")[0].partition("?")
    return path, query
