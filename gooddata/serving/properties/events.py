"""An event as it was read, and conditions on what it says."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from gooddata.errors import InputError

Kind = Literal["text", "number", "boolean"]
Value = str | float | bool

# What has a column of its own in analytics.
COLUMNS = ("product", "category", "value", "revenue", "engaged_ms", "scroll")
MOST_CONDITIONS = 5
MOST_CHARACTERS = 512  # of a name, and of a value

_decode = msgspec.json.Decoder(dict[str, Value | None]).decode


class Event(msgspec.Struct, frozen=True, gc=False):
    """What one event says: its properties by name, those with a column among them; of whom, and in which session."""

    visitor: Any
    session: Any
    properties: dict[str, Value]


class Condition(msgspec.Struct, frozen=True):
    """Events whose property has a value, as text."""

    name: str
    value: str

    def holds(self, event: Event) -> bool:
        value = event.properties.get(self.name)
        return value is not None and as_text(value) == self.value


def event_of(row: Sequence[Any]) -> Event:
    """Of a row with the visitor, the session, COLUMNS, and the other properties as a JSON object."""
    visitor, session, *columns, others = row
    properties: dict[str, Value | None] = {} if others is None else _decode(others)
    # What has the name of a column is told by the column.
    properties |= dict(zip(COLUMNS, columns, strict=True))
    return Event(visitor, session, {name: value for name, value in properties.items() if value is not None})


def kind_of(value: Value) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def as_text(value: Value) -> str:
    """As it stands in a question: true, 2.5, 2 (also of 2.0), red."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if value == int(value) else str(value)


def parse_conditions(texts: Iterable[str] | None) -> tuple[Condition, ...]:
    """Of all that must hold, such as `colour==red`. Raises InputError for what is none, naming the field."""
    found = []
    for text in texts or ():
        name, is_there, value = text.partition("==")
        if not is_there or not name or max(len(name), len(value)) > MOST_CHARACTERS:
            raise InputError(f"{text[:80]!r} is no condition: write a property, == and a value: colour==red", "where")
        found.append(Condition(name, value))
    if len(found) > MOST_CONDITIONS:
        raise InputError(f"{len(found)} conditions are too many; {MOST_CONDITIONS} may be combined", "where")
    return tuple(found)
