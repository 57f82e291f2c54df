"""Umami's table `website_event` as a CSV with a header, with or without columns of its table `session`."""

from typing import Any

from gooddata.replay.campaign import campaign_of
from gooddata.replay.moment import epoch_milliseconds
from gooddata.replay.row import Malformed, Reader, Row
from gooddata.replay.table import table_reader

_NEEDED = {"session_id", "created_at", "url_path"}
_PAGE_VIEW, _CUSTOM = "1", "2"
_SURROUNDINGS: dict[str, tuple[str, ...]] = {
    "country": ("country",),
    "language": ("locale",),
    "browser": ("browser", "name"),
    "os": ("os", "name"),
    "device": ("device", "type"),
}


def reader() -> Reader:
    """A visitor is a session of Umami's, and a session what it calls a visit."""
    return table_reader(_NEEDED, _row)


def _row(cells: dict[str, str]) -> Row | Malformed:
    at = epoch_milliseconds(cells.get("created_at"))
    if at is None:
        return Malformed("created_at is no ISO 8601 time")
    if "session_id" not in cells:
        return Malformed("no session_id")
    event: dict[str, Any] = {"visitor": cells["session_id"], "properties": {}, "context": _context(cells)}
    match cells.get("event_type", _PAGE_VIEW):
        case str(kind) if kind == _PAGE_VIEW:
            event["type"] = "page"
        case str(kind) if kind == _CUSTOM and "event_name" in cells:
            event |= {"type": "track", "name": cells["event_name"]}
        case other:
            return Malformed(f"event_type {other} is no page view, and no event with a name")
    for column, field in (("event_id", "id"), ("distinct_id", "user"), ("visit_id", "session")):
        if column in cells:
            event[field] = cells[column]
    if "tag" in cells:
        event["properties"]["tag"] = cells["tag"]
    return Row(at, event)


def _context(cells: dict[str, str]) -> dict[str, Any]:
    host, path = cells.get("hostname"), cells.get("url_path", "/")
    page = {"path": path}
    if host:
        page["url"] = f"https://{host}{path}"
    if "page_title" in cells:
        page["title"] = cells["page_title"]
    referrer = cells.get("referrer_domain")
    if referrer and referrer != (host or "").removeprefix("www."):
        page["referrer"] = f"https://{referrer}{cells.get('referrer_path', '/')}"
    context: dict[str, Any] = {"page": page}
    if campaign := campaign_of(cells.get("url_query", "").removeprefix("?")):
        context["campaign"] = campaign
    for column, (*outer, inner) in _SURROUNDINGS.items():
        if column in cells:
            (context.setdefault(outer[0], {}) if outer else context)[inner] = cells[column]
    return context
