"""Facts as rows of PostgreSQL's binary COPY.

asyncpg encodes any value of any type, which for these rows costs twice as much: it asks each element of a vector
whether it is an array itself. What many events of a round share, such as the page they happened on, is encoded once.
(The format: PostgreSQL's documentation of COPY, "Binary Format".)
"""

from collections.abc import Iterable, Sequence
from struct import Struct
from struct import error as StructError
from typing import Any

import numpy as np

from gooddata.intelligence.facts.fact import COLUMNS, Fact
from gooddata.intelligence.moments import YEAR_2000

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"

_columns = Struct(">h").pack
_length = Struct(">i").pack
_two_ids = Struct(">i16si16s").pack
_id = Struct(">i16s").pack
_id_and_time = Struct(">i16siq").pack
_double = Struct(">id").pack
_real = Struct(">if").pack
_integer = Struct(">ii").pack
_small = Struct(">ih").pack
_array_head = Struct(">iiiii").pack
_REAL_OID = 700
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">f4")])
_JSONB_VERSION = b"\x01"


def copied(facts: Sequence[Fact]) -> memoryview:
    """The rows of `facts`, in the order of COLUMNS, as the contents of a binary COPY.

    Raises ValueError where a value does not fit its column; what PostgreSQL itself refuses, it refuses later.
    """
    try:
        # A view, since asyncpg takes bytes for the name of a file.
        return memoryview(b"".join((_HEADER, *_rows(facts), _TRAILER)))
    except StructError as failure:
        raise ValueError(f"a number does not fit its column: {failure}") from failure


def _rows(facts: Sequence[Fact]) -> Iterable[bytes]:
    # Shared by a round's events: what was done, where, and what is said of it beside.
    blocks: dict[Any, bytes] = {}
    vectors = iter(_vectors([fact.vector for fact in facts if fact.vector is not None]))
    for fact in facts:
        session, user = fact.session_id, fact.user
        assert session is not None
        yield blocks.get(fact.project_id) or _first(blocks, fact.project_id)
        yield _two_ids(16, fact.event_id.bytes, 16, fact.visitor.bytes)
        yield _NULL if user is None else _id(16, user.bytes)
        yield _id_and_time(16, session.bytes, 8, (fact.at - YEAR_2000) * 1_000)
        what = (
            fact.type,
            fact.name,
            fact.path,
            fact.source,
            fact.campaign,
            fact.device,
            fact.browser,
            fact.country,
            fact.product,
            fact.category,
        )
        yield blocks.get(what) or _texts(blocks, what)
        amounts = (fact.value, fact.revenue)
        yield blocks.get(amounts) or _amounts(blocks, amounts)
        yield _NULL if fact.engaged_ms is None else _integer(4, fact.engaged_ms)
        yield _NULL if fact.scroll is None else _real(4, fact.scroll)
        yield _NULL if fact.vector is None else next(vectors)
        marks = (fact.vector_version, fact.goal, fact.simulated, fact.automated)
        yield blocks.get(marks) or _marks(blocks, marks)
        yield _NULL if fact.properties is None else _field(_JSONB_VERSION + fact.properties.encode())


def _first(blocks: dict[Any, bytes], project: str) -> bytes:
    block = blocks[project] = _columns(len(COLUMNS)) + _text(project)
    return block


def _texts(blocks: dict[Any, bytes], texts: tuple[str | None, ...]) -> bytes:
    block = blocks[texts] = b"".join(map(_text, texts))
    return block


def _amounts(blocks: dict[Any, bytes], amounts: tuple[float | None, ...]) -> bytes:
    block = blocks[amounts] = b"".join(_NULL if amount is None else _double(8, amount) for amount in amounts)
    return block


def _marks(blocks: dict[Any, bytes], marks: tuple[int | None, bool, bool, bool]) -> bytes:
    version, *flags = marks
    first = _NULL if version is None else _small(2, version)
    block = blocks[marks] = first + b"".join(_field(b"\1" if flag else b"\0") for flag in flags)
    return block


def _text(value: str | None) -> bytes:
    return _NULL if value is None else _field(value.encode())


def _field(value: bytes) -> bytes:
    return _length(len(value)) + value


def _vectors(vectors: Sequence[Sequence[float]]) -> list[bytes]:
    """Each vector as a field of type real[]; all are of one length."""
    if not vectors:
        return []
    elements = np.empty((len(vectors), len(vectors[0])), dtype=_ELEMENT)
    elements["length"] = 4
    elements["value"] = vectors
    size = elements.shape[1] * _ELEMENT.itemsize
    head = _length(size + 20) + _array_head(1, 0, _REAL_OID, elements.shape[1], 1)
    body = elements.tobytes()
    return [head + body[start : start + size] for start in range(0, len(body), size)]
