"""A block, and its bytes."""

import zlib
from typing import Any

import msgspec
import numpy as np

Array = np.ndarray[Any, Any]

HOUR_SECONDS = 3_600

# What a session has of its own, and what an event has: each a number into `texts`, 0 for none.
OF_SESSIONS = ("entry", "source", "campaign", "device", "browser", "country")
OF_EVENTS = ("path", "name")

PAGE_VIEW, INTERACTION, GOAL = 1, 2, 4
"""Bits of an event's `flags`."""

_FORM = b"\x01"
# 1 is a quarter faster to write than the default, and a tenth larger.
_LEVEL = 1


class Block(msgspec.Struct, frozen=True):
    """The events of an hour, by session and, within a session, by time.

    Columns of (n,) sessions: `session` and `visitor` (the first eight bytes of their ids), `started` (seconds from the
    block's start; below zero before it), `count` (how many of the events are its), and OF_SESSIONS. Columns of (m,)
    events, those of the first session first: `second` of the hour, `flags`, and OF_EVENTS. Of few events there are
    `revenue` and `engaged_ms`, and at which event each is: `revenue_at`, `engaged_at`.
    """

    start: int  # epoch seconds
    columns: dict[str, Array]
    texts: dict[str, list[str | None]]

    @property
    def events(self) -> int:
        return len(self.columns["second"])


class _Head(msgspec.Struct):
    start: int
    columns: list[tuple[str, str, int]]  # name, dtype, length
    texts: dict[str, list[str | None]]


def encode(block: Block) -> bytes:
    """Its bytes, numbers in as few as the greatest of their column needs."""
    columns = {name: _narrow(column) for name, column in block.columns.items()}
    head = msgspec.json.encode(
        _Head(block.start, [(name, each.dtype.str, len(each)) for name, each in columns.items()], block.texts)
    )
    body = b"".join((len(head).to_bytes(4, "little"), head, *(each.tobytes() for each in columns.values())))
    return _FORM + zlib.compress(body, _LEVEL)


def decode(data: bytes) -> Block:
    """Raises ValueError for what is no block, or one of another form."""
    if data[:1] != _FORM:
        raise ValueError("this is no block, or one that another version wrote")
    try:
        return _decoded(zlib.decompress(data[1:]))
    except (zlib.error, TypeError, OverflowError) as failure:
        raise ValueError(f"this is no block: {failure}") from failure


def _decoded(body: bytes) -> Block:
    at = 4 + int.from_bytes(body[:4], "little")
    head = msgspec.json.decode(body[4:at], type=_Head)
    columns: dict[str, Array] = {}
    for name, dtype, length in head.columns:
        kind = np.dtype(dtype)
        columns[name] = np.frombuffer(body, kind, length, at)
        at += kind.itemsize * length
    return Block(head.start, columns, head.texts)


def _narrow(column: Array) -> Array:
    if column.dtype.kind != "u" or not len(column):
        return column
    return column.astype(np.min_scalar_type(column.max()), copy=False)
