"""Puts a UTC day together from the blocks of its hours."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gooddata.blocks.block import GOAL, INTERACTION, OF_EVENTS, OF_SESSIONS, PAGE_VIEW, Array, Block
from gooddata.serving.columns.day import SAMPLED, Day, Visits, narrow
from gooddata.serving.columns.names import Names


def put_together(start: int, blocks: Sequence[Block], names: Mapping[str, Names]) -> Day:
    """The day that begins at `start` (epoch seconds), of the blocks of its hours, in any order."""
    blocks = sorted(blocks, key=lambda block: block.start)
    numbers = [{kind: names[kind].numbers(texts) for kind, texts in block.texts.items()} for block in blocks]
    session = _joined((block.columns["session"] for block in blocks), "u8")
    count = _joined((block.columns["count"] for block in blocks), "i8")
    order = np.argsort(session, kind="stable")
    ordered = session[order]
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, bool)
    # The newest part of a session says what it was entered by.
    latest = order[np.append(np.flatnonzero(is_first)[1:], len(ordered)) - 1] if len(ordered) else order
    places, bounds = _places(count, order, is_first)
    started = _joined((block.columns["started"] + np.int64(block.start - start) for block in blocks), "i4")
    events = {
        kind: _joined((own[kind][block.columns[kind]] for block, own in zip(blocks, numbers, strict=True)), "u4")
        for kind in OF_EVENTS
    }
    second = _joined((block.columns["second"].astype("i4") + (block.start - start) for block in blocks), "i4")[places]
    flags = _joined((block.columns["flags"] for block in blocks), "u1")[places]
    path, name = (narrow(events[kind][places]) for kind in OF_EVENTS)
    revenue_at, revenue = _sparse(blocks, places)
    whole = _visits(bounds, flags, revenue_at, revenue)
    visitor = _joined((block.columns["visitor"] for block in blocks), "u8")[latest]
    sampled = np.flatnonzero(visitor < SAMPLED).astype("u4")
    return Day(
        start=start,
        session=ordered[is_first],
        visitor=visitor,
        started=started[latest],
        of={
            kind: narrow(
                _joined((own[kind][block.columns[kind]] for block, own in zip(blocks, numbers, strict=True)), "u4")[
                    latest
                ]
            )
            for kind in OF_SESSIONS
        },
        bounds=bounds,
        second=second,
        flags=flags,
        path=path,
        name=name,
        revenue_at=revenue_at,
        revenue=revenue,
        first=second[bounds[:-1]],
        last=second[bounds[1:] - 1],
        exit=_exits(path, bounds),
        whole=whole,
        engaged_ms=_engaged(blocks, places, bounds),
        bounced=(whole.pageviews == 1) & (whole.interactions == 0),
        converted=whole.goals > 0,
        sampled=sampled,
        by_visitor=np.argsort(visitor).astype("u4"),
        pairs_made={},
        links_made={},
    )


def _places(count: Array, order: Array, is_first: Array) -> tuple[Array, Array]:
    """Where each visit's events are among those of all hours, one visit after another; and the bounds of visits."""
    begins = np.cumsum(count) - count
    counts = count[order]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    places = np.repeat(begins[order] - (ends - counts), counts) + np.arange(total)
    return places, np.append((ends - counts)[is_first], total).astype("u4")


def _visits(bounds: Array, flags: Array, revenue_at: Array, revenue: Array) -> Visits:
    of_visit = np.searchsorted(bounds, revenue_at, side="right") - 1
    return Visits(
        np.diff(bounds),
        _sums(flags & PAGE_VIEW, bounds),
        _sums((flags & INTERACTION) >> 1, bounds),
        _sums((flags & GOAL) >> 2, bounds),
        np.bincount(of_visit, revenue, len(bounds) - 1),
    )


def _sums(events: Array, bounds: Array) -> Array:
    """(n,) By visit."""
    # By running totals: where a visit has none of the events, reduceat would give it one of another's.
    total = np.concatenate([[0], np.cumsum(events, dtype=np.int64)])
    return (total[bounds[1:]] - total[bounds[:-1]]).astype("u4")


def _exits(path: Array, bounds: Array) -> Array:
    if len(bounds) == 1:
        return path[:0]
    newest = np.maximum.reduceat(np.where(path > 0, np.arange(len(path)), -1), bounds[:-1])
    return np.where(newest >= 0, path[newest], 0).astype(path.dtype)


def _sparse(blocks: Sequence[Block], places: Array) -> tuple[Array, Array]:
    """Which events, by their place in the day, brought something in, and what."""
    offsets = np.cumsum([0, *(block.events for block in blocks)])
    at = _joined((b.columns["revenue_at"] + offset for b, offset in zip(blocks, offsets[:-1], strict=True)), "i8")
    revenue = _joined((block.columns["revenue"] for block in blocks), "f8")
    now_at = np.empty(len(places), np.int64)
    now_at[places] = np.arange(len(places))
    order = np.argsort(now_at[at])
    return now_at[at][order].astype("u4"), revenue[order]


def _engaged(blocks: Sequence[Block], places: Array, bounds: Array) -> Array:
    """(n,) Milliseconds, by visit."""
    of_event = np.zeros(len(places), "u4")
    offset = 0
    for block in blocks:
        of_event[block.columns["engaged_at"].astype("i8") + offset] = block.columns["engaged_ms"]
        offset += block.events
    return _sums(of_event[places], bounds)


def _joined(columns: Iterable[Array], dtype: str) -> Array:
    parts = [column.astype(dtype, copy=False) for column in columns]
    return np.concatenate(parts) if parts else np.zeros(0, dtype)
