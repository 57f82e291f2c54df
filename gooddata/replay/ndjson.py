"""GoodData's own export: one JSON object a line, as the view `raw.events` gives them, or as the API takes them."""

from gooddata.replay.json_lines import object_of
from gooddata.replay.moment import epoch_milliseconds
from gooddata.replay.row import Malformed, Reader, Row

_OURS = {"project_id", "received_at", "batch_id", "message_id", "timestamp"}
"""Columns that the receiving project fills in by itself, and the two that are read below."""


def reader() -> Reader:
    """Events come back under the ids they had; a line without an id is left without one."""
    return _read


def _read(line: str) -> Row | Malformed | None:
    said = object_of(line)
    if not isinstance(said, dict):
        return said
    at = epoch_milliseconds(said.get("timestamp"))
    if at is None:
        return Malformed("timestamp is neither ISO 8601 nor epoch milliseconds")
    event = {name: value for name, value in said.items() if value is not None and name not in _OURS}
    message_id = said.get("message_id")
    if message_id is not None and message_id != said.get("id"):
        # The id it has now stays its id; how its sender called it is kept beside it.
        event["messageId"] = message_id
    if event.get("type") in ("identify", "group") and "properties" in event and "traits" not in event:
        event["traits"] = event.pop("properties")
    return Row(at, event)
