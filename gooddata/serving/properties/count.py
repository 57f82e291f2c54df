"""Counts what was read of events, and scales it where that is a share of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gooddata.serving.properties.events import COLUMNS, Event, Kind, Value, kind_of
from gooddata.serving.properties.histogram import summary

# 1 and True are one key to Python, but two values.
_Key = tuple[Kind, Value]


class Scale(msgspec.Struct, frozen=True):
    """By what counts of what was read are multiplied; 1 where it was everything."""

    events: float = 1.0
    visitors: float = 1.0
    sessions: float = 1.0


class _Having:
    """The events that have one value."""

    def __init__(self) -> None:
        self.events = 0
        self.visitors: set[Any] = set()
        self.sessions: set[Any] = set()
        self.revenue: float | None = None

    def add(self, event: Event) -> None:
        self.events += 1
        self.visitors.add(event.visitor)
        self.sessions.add(event.session)
        if (revenue := event.properties.get("revenue")) is not None:
            self.revenue = (self.revenue or 0.0) + float(revenue)

    def scaled(self, scale: Scale) -> dict[str, Any]:
        return {
            "events": round(self.events * scale.events),
            "visitors": round(len(self.visitors) * scale.visitors),
            "sessions": round(len(self.sessions) * scale.sessions),
            "revenue": None if self.revenue is None else round(self.revenue * scale.events, 4),
        }


def properties_of(events: Iterable[Event], scale: Scale) -> list[dict[str, Any]]:
    """Which properties events have, those of most events first, each with the kind that most of its values have."""
    there: dict[str, Counter[Kind]] = defaultdict(Counter)
    different: dict[str, set[_Key]] = defaultdict(set)
    for event in events:
        for name, value in event.properties.items():
            kind = kind_of(value)
            there[name][kind] += 1
            different[name].add((kind, value))
    found = [
        {
            "property": name,
            "built_in": name in COLUMNS,
            "kind": kinds.most_common(1)[0][0],
            "events": round(kinds.total() * scale.events),
            "values": len(different[name]),
        }
        for name, kinds in there.items()
    ]
    return sorted(found, key=lambda each: (-each["events"], each["property"]))


def values_of(events: Iterable[Event], name: str, scale: Scale, limit: int, offset: int) -> dict[str, Any]:
    """Of a property the most frequent values, from the `offset`-th on; how many `values` there are, and in how many
    `events`; and of its numbers what they come to."""
    having: dict[_Key, _Having] = defaultdict(_Having)
    kinds: Counter[Kind] = Counter()
    numbers: list[float] = []
    for event in events:
        value = event.properties.get(name)
        if value is None:
            continue
        kind = kind_of(value)
        kinds[kind] += 1
        having[kind, value].add(event)
        if kind == "number":
            numbers.append(float(value))
    order = sorted(having, key=lambda key: (-having[key].events, key))
    return {
        "kind": kinds.most_common(1)[0][0] if kinds else None,
        "events": round(kinds.total() * scale.events),
        "values": len(order),
        "rows": [{"value": key[1]} | having[key].scaled(scale) for key in order[offset : offset + limit]],
        "numbers": _numbers(numbers, scale) if numbers else None,
    }


def _numbers(numbers: Sequence[float], scale: Scale) -> dict[str, Any]:
    told = summary(numbers)
    buckets = [bucket | {"count": round(bucket["count"] * scale.events)} for bucket in told["buckets"]]
    scaled = {"sum": round(told["sum"] * scale.events, 4), "buckets": buckets}
    return {"count": round(len(numbers) * scale.events)} | told | scaled
