"""Google Analytics 4: JSON lines of its export to BigQuery, one event a line, as `bq` and Cloud Storage write them."""

from typing import Any
from urllib.parse import urlsplit

from gooddata.replay.campaign import campaign_of
from gooddata.replay.json_lines import object_of
from gooddata.replay.row import LATEST, Malformed, Reader, Row, whole_number

_NAMES = {
    "view_item": "Product Viewed",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "begin_checkout": "Checkout Started",
    "purchase": "Order Completed",
}
_PAGE = {"page_location", "page_title", "page_referrer"}
_ITS_OWN = ("ga_", "engagement_", "gclid")
"""Parameters by which Google counts; they say nothing to anybody else."""
_CAMPAIGN = {
    "manual_source": "source",
    "manual_medium": "medium",
    "manual_campaign_name": "name",
    "manual_term": "term",
    "manual_content": "content",
}
_ITEM = {"item_id": "product_id", "item_category": "category", "price": "price", "quantity": "quantity"}
_VALUES = ("string_value", "int_value", "float_value", "double_value")


def reader() -> Reader:
    return _read


def _read(line: str) -> Row | Malformed | None:
    said = object_of(line)
    if not isinstance(said, dict):
        return said
    microseconds = _whole(said.get("event_timestamp"))
    if microseconds is None or not 0 <= microseconds // 1_000 <= LATEST:
        return Malformed("event_timestamp is no epoch microseconds")
    name = said.get("event_name")
    visitor = said.get("user_pseudo_id") or said.get("user_id")
    if not isinstance(name, str) or not name:
        return Malformed("no event_name")
    if not isinstance(visitor, str):
        return Malformed("no user_pseudo_id and no user_id")
    given = _parameters(said.get("event_params"))
    event: dict[str, Any] = {"type": "track", "name": _NAMES.get(name, name), "visitor": visitor}
    if name == "page_view":
        event = {"type": "page", "visitor": visitor}
    if isinstance(said.get("user_id"), str):
        event["user"] = said["user_id"]
    if "ga_session_id" in given:
        event["session"] = f"{visitor}.{given['ga_session_id']}"
    event["properties"] = {
        each: value for each, value in given.items() if each not in _PAGE and not each.startswith(_ITS_OWN)
    } | _bought(said)
    event["context"] = _context(said, given)
    return Row(microseconds // 1_000, event)


def _parameters(said: Any) -> dict[str, Any]:
    """Of [{"key", "value": {"string_value", ...}}], the first value of each that is not null."""
    found: dict[str, Any] = {}
    for each in said if isinstance(said, list) else ():
        value = each.get("value") if isinstance(each, dict) else None
        if not isinstance(value, dict) or not isinstance(each.get("key"), str):
            continue
        kind = next((kind for kind in _VALUES if value.get(kind) is not None), None)
        if kind:
            number = _whole(value[kind]) if kind == "int_value" else _number(value[kind])
            found[each["key"]] = value[kind] if kind == "string_value" or number is None else number
    return found


def _bought(said: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    order = said.get("ecommerce")
    if isinstance(order, dict):
        if order.get("transaction_id") not in (None, "(not set)"):
            properties["order_id"] = order["transaction_id"]
        if (revenue := _number(order.get("purchase_revenue"))) is not None:
            properties["revenue"] = revenue
    bought = said.get("items")
    items = [_item(each) for each in bought if isinstance(each, dict)] if isinstance(bought, list) else []
    return properties | (items[0] if len(items) == 1 else {"products": items} if items else {})


def _item(said: dict[str, Any]) -> dict[str, Any]:
    item = {}
    for theirs, ours in _ITEM.items():
        if said.get(theirs) not in (None, "", "(not set)"):
            number = _number(said[theirs]) if ours in ("price", "quantity") else None
            item[ours] = said[theirs] if number is None else number
    return item


def _context(said: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    page: dict[str, Any] = {}
    campaign: dict[str, str] = {}
    try:
        address = urlsplit(given.get("page_location", ""))
    except (ValueError, AttributeError):
        address = urlsplit("")
    if address.netloc:
        path = address.path or "/"
        page |= {"url": f"{address.scheme}://{address.netloc}{path}", "path": path}
        campaign = campaign_of(address.query)
    if "page_title" in given:
        page["title"] = given["page_title"]
    if given.get("page_referrer"):
        page["referrer"] = given["page_referrer"]
    context: dict[str, Any] = {"page": page} if page else {}
    source = said.get("collected_traffic_source")
    for theirs, ours in _CAMPAIGN.items():
        if isinstance(source, dict) and source.get(theirs):
            campaign[ours] = source[theirs]
    if campaign:
        context["campaign"] = campaign
    device = said.get("device")
    if isinstance(device, dict):
        web = device.get("web_info")
        places = (
            (device.get("category"), "device", "type"),
            (device.get("operating_system"), "os", "name"),
            (web.get("browser") if isinstance(web, dict) else device.get("browser"), "browser", "name"),
        )
        context |= {outer: {inner: value} for value, outer, inner in places if value}
        if device.get("language"):
            context["locale"] = device["language"]
    return context


def _whole(said: Any) -> int | None:
    if isinstance(said, str):
        return -number if said.startswith("-") and (number := whole_number(said[1:])) else whole_number(said)
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def _number(said: Any) -> float | None:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    try:
        number = float(said)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None
