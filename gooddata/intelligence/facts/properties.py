"""The properties that owners let go on to analytics, out of a stored batch that is read for them a second time.

Without a rule nothing is read a second time, and analytics has only the fields of wire.py; of these, some events have
properties of their own (own.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from gooddata.intelligence.facts.fact import PAGE_VIEWS, Fact
from gooddata.intelligence.facts.own import OWN
from gooddata.intelligence.facts.scrub import clean_text

_WITH_PROPERTIES = PAGE_VIEWS | {"track"}
_LARGEST_WHOLE = 1 << 53  # past it, numbers of JavaScript are no longer exact


class _Sent(msgspec.Struct, gc=False):
    properties: dict[str, msgspec.Raw] | str | int | float | bool | list[msgspec.Raw] | None = None


class _Group(msgspec.Struct):
    events: list[msgspec.Raw]


_decode_groups = msgspec.json.Decoder(list[_Group]).decode
_decode_sent = msgspec.json.Decoder(_Sent).decode
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def add_properties(facts: Sequence[Fact], body: bytes, allowed: Mapping[str, frozenset[str]]) -> None:
    """Gives the facts of a batch, one for each of its events in their order, the properties that are `allowed` by
    project."""
    events = (event for group in _decode_groups(body) for event in group.events)
    for fact, event in zip(facts, events, strict=True):
        if fact.project_id in allowed:
            add_own_properties(fact, event, allowed[fact.project_id])


def add_own_properties(fact: Fact, event: msgspec.Raw, allowed: Iterable[str]) -> None:
    """Gives the fact of one event its properties, as a JSON object; none where none is there that is allowed."""
    # Elsewhere, what is called properties holds traits.
    if fact.type not in _WITH_PROPERTIES:
        return
    properties = _decode_sent(event).properties
    kept: dict[str, Any] = {}
    if own := OWN.get(fact.name or ""):
        kept = _decode(fact.properties) if fact.properties else {}
        allowed = frozenset(allowed) - own.names
    if type(properties) is dict:
        kept |= {
            name: value
            for name in sorted(allowed)
            if (raw := properties.get(name)) is not None and (value := _clean(raw)) is not None
        }
        fact.properties = _encode(kept).decode() if kept else None


def _clean(raw: msgspec.Raw) -> Any:
    """A scalar without what may point to a person; None for anything else."""
    try:
        value = _decode(raw)
    except (ValueError, RecursionError):
        return None  # a number past all bounds, a depth past all sense
    if type(value) is bool:
        return value
    if type(value) in (int, float):
        if not abs(value) <= _LARGEST_WHOLE:
            return None
        # A long whole number may be a card's or a telephone's.
        whole = str(int(value))
        return value if value != int(value) or clean_text(whole) == whole else clean_text(whole)
    return clean_text(value)
