"""RetailRocket's shop events: a CSV of timestamp (ms), visitorid, event, itemid and, where known, category, order."""

import csv
from typing import Any
from urllib.parse import quote

from gooddata.replay.row import LATEST, Malformed, Reader, Row, whole_number

_COLUMNS = ("timestamp", "visitorid", "event", "itemid", "categoryid")
_NEEDED = {"timestamp", "visitorid", "event", "itemid"}
_MEANING = {
    "view": ("page", "Product Viewed"),
    "addtocart": ("track", "Product Added"),
    "transaction": ("track", "Order Completed"),
}
_PROPERTIES = {"itemid": "product_id", "categoryid": "category", "transactionid": "order_id"}


def reader() -> Reader:
    """Reads by the file's header, or in the published order of columns if it has none.

    One row is one event. A view becomes a page event, so that it counts as the page view that it was.
    """
    columns: tuple[str, ...] = _COLUMNS

    def read(line: str) -> Row | Malformed | None:
        nonlocal columns
        if not line.strip():
            return None
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error as problem:
            return Malformed(f"no CSV: {problem}")
        cells = [cell.strip() for cell in cells]
        if _NEEDED.issubset(cells):
            columns = tuple(cells)
            return None
        if len(cells) != len(columns):
            return Malformed(f"{len(cells)} columns instead of {len(columns)}")
        return _row(dict(zip(columns, cells, strict=True)))

    return read


def _row(cells: dict[str, str]) -> Row | Malformed:
    at = whole_number(cells["timestamp"])
    if at is None or at > LATEST:
        return Malformed("timestamp is no epoch milliseconds")
    if cells["event"] not in _MEANING:
        return Malformed("event is none of view, addtocart, transaction")
    if not cells["visitorid"] or not cells["itemid"]:
        return Malformed("no visitorid or itemid")
    kind, name = _MEANING[cells["event"]]
    event: dict[str, Any] = {
        "type": kind,
        "name": name,
        "visitor": cells["visitorid"],
        "properties": {name: cells[column] for column, name in _PROPERTIES.items() if cells.get(column)},
        "context": {"page": {"path": "/item/" + quote(cells["itemid"], safe="")}},
    }
    return Row(at, event)
