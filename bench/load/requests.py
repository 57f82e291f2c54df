"""What is sent: whole HTTP requests with marks where each sending puts fresh ids, visitors and times.

Each mark is as long as what takes its place, so that `send.lua` makes a request by writing over the marks. Properties,
names and pages differ from event to event; over a file of requests an event has 314 bytes on the average.
"""

import json
import random
from pathlib import Path
from typing import Any, Literal

import msgspec

ID, VISITOR, SESSION = (name.ljust(36, "~") for name in ("id", "visitor", "session"))
MOMENT = "moment".ljust(13, "~")  # epoch milliseconds
ISO_MOMENT = "iso-8601".ljust(24, "~")  # 2026-11-23T10:00:00.123Z

VISITORS = 10_000
_EVENTS_A_FILE = 4_000
_SEED = 1


class Input(msgspec.Struct, frozen=True):
    """One shape of load. `visitors`: one browser's events in each request, or each event of another visitor."""

    name: str
    events: int
    shape: Literal["engine", "segment"]
    visitors: Literal["one", "each"]
    ids: Literal["v7", "v4"]
    connections: int


# Connections: a power of two that saturates both servers on two cores. With fewer, all of them wait for one flush of
# the product, whose one thread idles while PostgreSQL commits.
INPUTS = {
    made.name: made
    for made in (
        Input("1", 1, "engine", "one", "v7", 256),
        Input("20", 20, "engine", "one", "v7", 256),
        Input("20_segment", 20, "segment", "each", "v4", 256),
        Input("500", 500, "engine", "each", "v7", 16),
    )
}


class Written(msgspec.Struct, frozen=True):
    """A file of requests for the load generator, and what an event and a whole body in it weigh."""

    path: Path
    bytes_per_event: float
    body_bytes_per_event: float


def write_requests(shape: Input, host: str, key: str, path: Path) -> Written:
    """Writes requests of `shape` to `path`, the same ones at every call: for each its length, a line end, its bytes."""
    chance = random.Random(_SEED)
    count = max(8, _EVENTS_A_FILE // shape.events)
    event_bytes = body_bytes = 0
    with path.open("wb") as file:
        for _ in range(count):
            events = [_event(shape, chance) for _ in range(shape.events)]
            body = b'{"writeKey":"%s","sentAt":"%s","batch":[%s]}' % (
                key.encode(),
                ISO_MOMENT.encode(),
                b",".join(events),
            )
            head = (
                f"POST /v1/batch HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            file.write(b"%d\n%s%s" % (len(head) + len(body), head.encode(), body))
            event_bytes += sum(map(len, events))
            body_bytes += len(body)
    events_written = count * shape.events
    return Written(path, event_bytes / events_written, body_bytes / events_written)


def engine_event(chance: random.Random) -> bytes:
    """An event as the browser library sends it, with its marks."""
    return _encoded(_engine_event(chance))


def _event(shape: Input, chance: random.Random) -> bytes:
    return engine_event(chance) if shape.shape == "engine" else _encoded(_segment_event(chance))


def _encoded(event: dict[str, Any]) -> bytes:
    encoded = json.dumps(event, separators=(",", ":"))
    return encoded.replace(f'"{MOMENT}"', MOMENT).encode()


def _engine_event(chance: random.Random) -> dict[str, Any]:
    """As the browser library makes them, the page inside: a page view, a shop's own event, a click or engagement."""
    event = {"id": ID, "type": "track", "visitor": VISITOR, "session": SESSION, "timestamp": MOMENT}
    product = chance.randrange(1_000, 10_000)
    context = {"page": {"path": f"/product/{product}"}}
    kind = chance.choices(("page", "shop", "$click", "$engagement"), (30, 40, 15, 15))[0]
    if kind == "page":
        title = chance.choice(("Walking boots, high", "Rain jacket, three layers", "Tent for two"))
        return event | {
            "type": "page",
            "properties": {"navigation": chance.choice(("load", "history"))},
            "context": {"page": context["page"] | {"title": title}},
        }
    if kind == "shop":
        properties = {
            "product_id": str(product),
            "price": chance.randrange(500, 20_000) / 100,
        }
        name = chance.choice(("Product Viewed", "Product Added", "Product List Filtered"))
        return event | {"name": name, "properties": properties, "context": context}
    if kind == "$click":
        properties = {"tag": "button", "path": "main>button.2"}
    else:
        properties = {"engaged_ms": chance.randrange(1_000, 10_000), "scroll_depth": chance.randrange(100)}
    return event | {"name": kind, "properties": properties, "context": context, "vector": _vector(chance)}


def _vector(chance: random.Random) -> list[float]:
    """Numbers as the engine's 16, of which many are small."""
    return [chance.randrange(10 ** chance.choice((1, 1, 2, 3))) for _ in range(16)]


def _segment_event(chance: random.Random) -> dict[str, Any]:
    """As Segment's libraries for servers send them."""
    product = chance.randrange(1_000, 10_000)
    return {
        "messageId": ID,
        "anonymousId": VISITOR,
        "type": "track",
        "event": chance.choice(("Product Viewed", "Product Added", "Order Completed")),
        "timestamp": ISO_MOMENT,
        "properties": {"product_id": product, "price": chance.randrange(500, 20_000) / 100},
        "context": {"library": {"name": "analytics-node", "version": "2.3.0"}},
        "integrations": {},
    }
