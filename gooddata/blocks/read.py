"""Makes the block of an hour from the tables of events and sessions."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gooddata.blocks.block import HOUR_SECONDS, OF_EVENTS, OF_SESSIONS, Array, Block
from gooddata.sql import statement

_EVENTS, _SESSIONS = statement(__package__, "events"), statement(__package__, "sessions")
_AN_HOUR_AT_ONCE = 1_000_000  # events; of an hour that has more, a part is read at a time
_PARTS = 12
_NUMBERS = {"session": "u8", "visitor": "u8", "second": "i4", "flags": "i2", "revenue": "f8", "engaged_ms": "i4"}


class Texts:
    """Numbers texts in the order in which they come; 0 is None."""

    def __init__(self) -> None:
        self.known: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}

    def numbers(self, texts: Iterable[str | None]) -> Array:
        known, numbers = self.known, self._numbers
        found = []
        for text in texts:
            number = numbers.get(text)
            if number is None:
                number = numbers[text] = len(known)
                known.append(text)
            found.append(number)
        return np.array(found, np.uint32)


async def read_block(connection: Any, project: str, start: int, many: bool = False) -> Block | None:
    """The block of the hour that begins at `start` (epoch seconds), as of the statements' snapshots; None of an hour
    without events. An hour of `many` events is read in parts, which takes less memory."""
    texts = {name: Texts() for name in (*OF_SESSIONS, *OF_EVENTS)}
    step = HOUR_SECONDS // _PARTS if many else HOUR_SECONDS
    spans = [(start + at, start + at + step) for at in range(0, HOUR_SECONDS, step)]
    parts = [part for since, until in spans if (part := await _events(connection, project, start, since, until, texts))]
    if not parts:
        return None
    events = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if len(parts) > 1:
        order = np.argsort(events["session"], kind="stable")
        events = {name: column[order] for name, column in events.items()}
    row = await connection.fetchrow(_SESSIONS, project, float(start), float(start + HOUR_SECONDS))
    return _put_together(start, events, row, texts)


async def is_large(connection: Any, project: str, start: int) -> bool:
    """Whether an hour has so many events that it is better read in parts."""
    events = await connection.fetchval(
        "SELECT sum(events) FROM analytics.rollup_minute WHERE project_id = $1 AND dimension = '' "
        "AND minute >= to_timestamp($2::double precision) AND minute < to_timestamp($2::double precision + 3600)",
        project,
        float(start),
    )
    return (events or 0) > _AN_HOUR_AT_ONCE


async def _events(
    connection: Any, project: str, start: int, since: int, until: int, texts: dict[str, Texts]
) -> dict[str, Array] | None:
    row = await connection.fetchrow(_EVENTS, project, float(since), float(until))
    if row["session"] is None:
        return None
    columns = {name: np.frombuffer(row[name], f">{kind}").astype(kind) for name, kind in _NUMBERS.items()}
    columns["second"] += since - start
    return columns | {name: texts[name].numbers(row[name]) for name in OF_EVENTS}


def _put_together(start: int, events: dict[str, Array], sessions: Any, texts: dict[str, Texts]) -> Block:
    ids = events["session"]
    first = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
    # Sessions are read after events: what has come between is not among the events, what has gone is known no more.
    # The last place is that of a session which is not known.
    known = np.frombuffer(sessions["session"] or b"", ">u8").astype("u8")
    place = np.searchsorted(known, ids[first])
    is_known = np.append(known, 0)[place] == ids[first]
    started = np.append(np.frombuffer(sessions["started"] or b"", ">i4").astype("i4"), 0)[place]
    columns = {
        "session": ids[first],
        "visitor": events["visitor"][first],
        "started": np.where(is_known, started, events["second"][first]).astype("i4"),
        "count": np.diff(np.append(first, len(ids))).astype("u4"),
    }
    for name in OF_SESSIONS:
        numbers = np.append(texts[name].numbers(sessions[name] or []), 0)[place]
        columns[name] = np.where(is_known, numbers, 0).astype("u4")
    columns["second"] = events["second"].astype("u2")
    columns["flags"] = events["flags"].astype("u1")
    for name in OF_EVENTS:
        columns[name] = events[name]
    for name, at in (("revenue", "revenue_at"), ("engaged_ms", "engaged_at")):
        there = np.flatnonzero(events[name])
        columns[at], columns[name] = there.astype("u4"), events[name][there]
    return Block(start, columns, {name: each.known for name, each in texts.items()})
