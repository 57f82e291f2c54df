"""PostHog's events, as a batch export writes them: JSON lines, or a CSV of the same columns.

What becomes of an event is what ingestion makes of it when PostHog's SDKs send it (docs/sdks.md); a test compares.
"""

from typing import Any

import msgspec

from gooddata.posthog import context_of
from gooddata.replay.json_lines import object_of
from gooddata.replay.moment import epoch_milliseconds
from gooddata.replay.row import Malformed, Reader, Row
from gooddata.replay.table import table_reader

_NEEDED = {"event", "distinct_id", "timestamp"}


def reader() -> Reader:
    """Reads JSON lines where the first line is an object, else a table below a header."""
    read_table: Reader | None = None

    def read(line: str) -> Row | Malformed | None:
        nonlocal read_table
        if read_table:
            return read_table(line)
        if line.strip() and not line.lstrip("\ufeff ").startswith("{"):
            read_table = table_reader(_NEEDED, _from_columns)
            return read_table(line)
        said = object_of(line)
        return _from_columns(said) if isinstance(said, dict) else said

    return read


def _from_columns(said: dict[str, Any]) -> Row | Malformed:
    at = epoch_milliseconds(said.get("timestamp"))
    if at is None:
        return Malformed("timestamp is neither ISO 8601 nor epoch milliseconds")
    name, visitor = said.get("event"), _text(said.get("distinct_id"))
    if not isinstance(name, str) or not name or not visitor:
        return Malformed("no event or distinct_id")
    properties = _object(said.get("properties"))
    if properties is None:
        return Malformed("properties are no JSON object")
    for outer, inner in (("set", "$set"), ("set_once", "$set_once")):
        if beside := _object(said.get(outer)):
            properties[inner] = {**(_object(properties.get(inner)) or {}), **beside}
    event = _event(name, visitor, properties)
    if given := said.get("uuid") or properties.get("$insert_id"):
        event["id"] = given
    return Row(at, event)


def _event(name: str, visitor: str, properties: dict[str, Any]) -> dict[str, Any]:
    properties.pop("token", None)
    properties.pop("distinct_id", None)
    is_identified = properties.get("$is_identified")
    user = _text(properties.get("$user_id")) or (visitor if is_identified is True else None)
    event: dict[str, Any] = {"type": "track", "name": name, "visitor": visitor, "user": user}
    event["session"] = _text(properties.pop("$session_id", None))
    context = context_of(properties, ("$direct",), "bot")
    if name in ("$identify", "$set", "$set_once"):
        event |= {"type": "identify", "name": None}
        if name == "$identify":
            event["user"] = visitor
            event["visitor"] = _text(properties.pop("$anon_distinct_id", None)) or visitor
        event["traits"] = properties.pop("$set", None) or {}
        event["traitsOnce"] = properties.pop("$set_once", None)
    elif name == "$create_alias":
        user, previous = visitor, _text(properties.pop("alias", None))
        if is_identified is False:
            user, previous = previous or "", user
        event |= {"type": "alias", "name": None, "user": user, "previousId": previous}
    elif name == "$groupidentify":
        kind, key = properties.pop("$group_type", None), _text(properties.pop("$group_key", None))
        event |= {"type": "group", "name": None, "groupType": kind, "groupId": key}
        event["traits"] = properties.pop("$group_set", None) or {}
    elif name == "$pageview":
        event |= {"type": "page", "name": None}
        if title := properties.pop("title", None):
            context.setdefault("page", {})["title"] = title
    elif name == "$screen":
        event |= {"type": "screen", "name": properties.pop("$screen_name", None)}
    if event["type"] in ("identify", "alias", "group"):
        if properties:
            context["posthog"] = properties
    else:
        event["properties"] = properties
    event["context"] = context
    return {field: value for field, value in event.items() if value is not None}


def _object(said: Any) -> dict[str, Any] | None:
    """An object, or the text of one, as exports to tables write it; an empty one where there is none."""
    if isinstance(said, str) and said:
        try:
            said = msgspec.json.decode(said)
        except (msgspec.DecodeError, RecursionError):
            return None
    if said is None or said == "":
        return {}
    return said if isinstance(said, dict) else None


def _text(said: Any) -> str | None:
    if isinstance(said, bool) or not isinstance(said, str | int | float) or said == "":
        return None
    return said if isinstance(said, str) else f"{said}"
