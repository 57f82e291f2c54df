"""Every feature of a session, worked out of raw events as docs/intelligence.md says it: all of them anew, slowly."""

import json
import struct
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from urllib.parse import urlsplit

from tests.integration.plain_counts import DAY, GOALS, HOUR, ms, sessions_of
from tests.integration.workbench import PSEUDONYMS

VECTOR = json.loads(resources.files("gooddata").joinpath("vector.json").read_text())
VECTOR_NAMES = [field["name"] for field in VECTOR["fields"]]
AT_MOST = 200

SEARCHES = {"google": ("google.com", "google.de"), "bing": ("bing.com",), "duckduckgo": ("duckduckgo.com",)}
NETWORKS = {"facebook": ("facebook.com", "fb.com"), "reddit": ("reddit.com",), "x": ("t.co", "twitter.com")}


async def raw_events(raw, project):
    """What the log holds of a project, as plain dictionaries, in the order of the events' times."""
    rows = await raw.fetch(
        "SELECT id, type, name, visitor, timestamp, properties, context, vector FROM raw.events WHERE project_id = $1",
        project,
    )
    return sorted((read(project, row) for row in rows), key=lambda event: (event["at"], event["id"]))


def read(project, row):
    context = json.loads(row["context"])
    is_page, is_track = row["type"] in ("page", "screen"), row["type"] == "track"
    # What is called so elsewhere are traits, which say nothing here.
    properties = json.loads(row["properties"], parse_float=Decimal) if is_page or is_track else {}
    return {
        "id": str(row["id"]),
        "at": ms(row["timestamp"]),
        "visitor": PSEUDONYMS.visitor(project, row["visitor"]),
        "is_page": is_page,
        "is_track": is_track,
        "name": row["name"] or "",
        "properties": properties,
        "page": context.get("page", {}),
        "campaign": context.get("campaign", {}),
        "agent": context.get("userAgent"),
        "automation": context.get("automation"),
        "vector": row["vector"] if context.get("vector_version") == VECTOR["version"] else None,
    }


def plain_features(events):
    """The features of every session of these events, by visitor and start."""
    earlier, found = {}, {}
    for session in sessions_of(events):
        visitor = session[0]["visitor"]
        found[visitor, session[0]["at"]] = features(session, earlier.setdefault(visitor, []))
        earlier[visitor].append(session)
    return found


def features(session, earlier):
    """By name, of a session's events in their order and the visitor's sessions before; None where nothing is told."""
    shop = [event for event in session if not event["name"].startswith("$")]
    named = {
        name: [event for event in shop if event["name"] == name]
        for name in ("Product Viewed", "Product List Viewed", "Product Added", "Product Removed", "Cart Viewed",
                     "Checkout Started")
    }  # fmt: skip
    viewed, added = named["Product Viewed"], named["Product Added"]
    clicks = [event for event in session if event["is_track"] and event["name"] == "$click"]
    reported = [event for event in session if event["is_track"] and event["name"].startswith("$")]
    times = [event["at"] for event in session]
    end = datetime.fromtimestamp(times[-1] / 1_000, UTC)
    products = different(product(event) for event in viewed)
    entry = next((event for event in session if event["is_page"]), session[0])
    source = source_of(entry)
    device = device_of(entry["agent"])
    vectors = [event["vector"] for event in session if event["vector"] and len(event["vector"]) == len(VECTOR_NAMES)]
    vector = vectors[-1] if vectors else [None] * len(VECTOR_NAMES)
    return {
        "events": len(session),
        "pageviews": sum(event["is_page"] for event in session),
        "paths": different(event["page"].get("path") for event in session),
        "clicks": len(clicks),
        "interactions": len(clicks) + sum(event["is_track"] for event in shop),
        "product_views": len(viewed),
        "products": products,
        "product_repeats": len(viewed) - products,
        "categories": different(event["properties"].get("category") for event in shop),
        "list_views": len(named["Product List Viewed"]),
        "adds": len(added),
        "removes": len(named["Product Removed"]),
        "cart_views": len(named["Cart Viewed"]),
        "checkouts": len(named["Checkout Started"]),
        "value_seen": float(sum(map(value, viewed))),
        "dearest": float(max(map(value, viewed), default=0)),
        "value_added": float(sum(map(value, added))),
        "since_start_ms": times[-1] - times[0],
        "since_add_ms": times[-1] - added[0]["at"] if added else None,
        "last_gap_ms": times[-1] - times[-2] if len(times) > 1 else None,
        "mean_gap_ms": (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else None,
        "engaged_ms": sum(int(event["properties"].get("engaged_ms", 0)) for event in reported),
        "scroll": max((percent(event["properties"]) for event in reported), default=0),
        "hour": times[-1] % DAY / HOUR,
        "weekday": end.weekday(),
        "earlier_sessions": len(earlier),
        "earlier_conversions": sum(any(event["name"] in GOALS for event in each) for each in earlier),
        "days_since_visit": (times[0] - earlier[-1][-1]["at"]) / DAY if earlier else None,
        "from_search": source in SEARCHES,
        "from_social": source in NETWORKS,
        "from_elsewhere": source is not None and source not in SEARCHES and source not in NETWORKS,
        "from_campaign": "name" in entry["campaign"],
        "on_mobile": device == "mobile",
        "on_tablet": device == "tablet",
        "automated": any(event["automation"] or device_of(event["agent"]) == "bot" for event in session),
    } | {f"vector.{name}": number for name, number in zip(VECTOR_NAMES, map(in_32_bits, vector), strict=True)}


def different(values):
    return min(len({value for value in values if value is not None}), AT_MOST)


def product(event):
    return event["properties"].get("product_id", event["properties"].get("sku"))


def value(event):
    """An amount of money, to a hundredth of a cent."""
    properties = event["properties"]
    price = Decimal(properties.get("price", properties.get("value", 0)))
    return (price * Decimal(properties.get("quantity", 1))).quantize(Decimal("0.0001"))


def percent(properties):
    return round(min(max(properties.get("scroll_depth", properties.get("scroll", 0)), 0), 100))


def source_of(event):
    """The campaign's source, else the site that the page was reached from, by the name it goes by."""
    named, referrer = event["campaign"].get("source"), event["page"].get("referrer")
    if named:
        return named.lower()
    if not referrer:
        return None
    host, own = (urlsplit(url).hostname for url in (referrer, event["page"].get("url", "")))
    if host == own:
        return None
    sites = {**SEARCHES, **NETWORKS}.items()
    return next((site for site, hosts in sites if host.removeprefix("www.") in hosts), host)


def device_of(agent):
    if not agent:
        return None
    if "bot" in agent:
        return "bot"
    return "tablet" if "iPad" in agent else "mobile" if "iPhone" in agent or "Mobile" in agent else "desktop"


def in_32_bits(number):
    return None if number is None else struct.unpack("f", struct.pack("f", number))[0]
