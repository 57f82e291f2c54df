"""Merges what is new of many requests into one batch per partition. Pure functions over columns of all their events."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from gooddata.event import mark_of
from gooddata.eventlog.batch import NewBatch
from gooddata.ingestion.arrival import Arrival, Packed
from gooddata.ingestion.fingerprints import Fingerprints, fingerprints


class Columns(msgspec.Struct):
    """The events of some arrivals, one after another: row `starts[n]` is the first of arrival n."""

    starts: npt.NDArray[np.intp]
    visitors: npt.NDArray[np.uint64]
    partitions: npt.NDArray[np.intp]
    fingerprints: Fingerprints

    def first_of_each(self) -> npt.NDArray[np.bool_]:
        """For each event, whether no event before it has its fingerprint."""
        ordered = np.sort(self.fingerprints)
        if (ordered[1:] != ordered[:-1]).all():
            return np.ones(len(ordered), bool)
        first = np.zeros(len(ordered), bool)
        first[np.unique(self.fingerprints, return_index=True)[1]] = True
        return first


def in_columns(packed: Sequence[Packed], partitions: int) -> Columns:
    """The events of some arrivals, of which there is at least one, in a log of so many partitions."""
    counts = [events.count for events in packed]
    hashes: list[int] = []
    times: list[int] = []
    for events in packed:
        hashes += events.visitors
        times += [events.count] if len(events.visitors) == 1 else [1] * events.count
    visitors = np.repeat(np.array(hashes, np.uint64), times)
    return Columns(
        starts=np.concatenate(([0], np.cumsum(counts[:-1]))).astype(np.intp),
        visitors=visitors,
        partitions=(visitors % np.uint64(partitions)).astype(np.intp),
        fingerprints=fingerprints(b"".join([events.ids for events in packed]), visitors),
    )


def stored_of_each(columns: Columns, new: npt.NDArray[np.bool_]) -> list[int]:
    """How many events of each arrival are new."""
    return np.add.reduceat(new, columns.starts, dtype=np.intp).tolist()


class _Open(msgspec.Struct):
    """A batch that is being put together: pieces of its body, and whose events are in it."""

    pieces: list[bytes]
    visitors: set[int]

    def add(self, group: list[bytes]) -> None:
        self.pieces += [b"," if self.pieces else b"[", *group]


def merged(arrivals: Sequence[Arrival], columns: Columns, new: npt.NDArray[np.bool_]) -> list[NewBatch]:
    """The batches that hold the events that are `new`, by partition, each in the order of arrival.

    `columns` are those of `arrivals`, each of which has events.
    """
    open_: dict[int, _Open] = {}
    first_partitions = columns.partitions[columns.starts].tolist()
    stored = stored_of_each(columns, new)
    for arrival, start, partition, count in zip(
        arrivals, columns.starts.tolist(), first_partitions, stored, strict=True
    ):
        events = arrival.events
        if not count or events is None:
            continue
        if count == events.count and len(events.visitors) == 1:
            batch = _of(open_, partition)
            batch.add(arrival.group(events.times, events.derived, events.json))
            batch.visitors.add(events.visitors[0])
            continue
        raw_events = events.raw_events()
        rows = np.arange(start, start + events.count)[new[start : start + events.count]]
        for partition in np.unique(columns.partitions[rows]).tolist():
            own = rows[columns.partitions[rows] == partition]
            batch = _of(open_, partition)
            batch.add(arrival.group(*events.some((own - start).tolist(), raw_events)))
            batch.visitors.update(columns.visitors[own].tolist())
    return [_batch(columns, new, partition, batch) for partition, batch in sorted(open_.items())]


def _of(open_: dict[int, _Open], partition: int) -> _Open:
    batch = open_.get(partition)
    if batch is None:
        batch = open_[partition] = _Open([], set())
    return batch


def _batch(columns: Columns, new: npt.NDArray[np.bool_], partition: int, batch: _Open) -> NewBatch:
    own = columns.fingerprints[new & (columns.partitions == partition)]
    marks = sorted({mark_of(visitor) for visitor in batch.visitors})
    return NewBatch(partition, len(own), own.tobytes(), marks, b"".join([*batch.pieces, b"]"]))
