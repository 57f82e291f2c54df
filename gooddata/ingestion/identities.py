"""Remembers which events the log holds, for the length of the de-duplication window.

The log is the truth behind this memory: what other writers appended is read from it under the partition's turn. The
window is kept in slices of time, each a hash table of fingerprints, so that what is too old goes a slice at a time. An
identity takes 8 bytes in a table that is between a third and two thirds full, less while it is small: 12 to 24 bytes.
"""

import secrets
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from gooddata.ingestion.fingerprints import Fingerprints

SLICES = 4  # of the window; one more is kept while the oldest still overlaps it
FIRST_SLOTS = 1 << 18
QUICKLY_GROWN = 1 << 22  # 32 MiB: up to there a table grows fourfold, so that a busy server moves everything less often
MOST_SLOTS = 1 << 28  # 2 GiB: a slice that needs more goes on in another table
FULLEST = 2 / 3  # of the slots in use: past it ever more buckets overflow
BUCKET = 8  # fingerprints, which are one line of the processor's cache

_MOVED_AT_ONCE = 8_192

# Where a fingerprint lies must not be known to senders, or they could make every search a long one.
_PLACING = np.uint64(secrets.randbits(64) | 1)


class Identities:
    """The identities of the window, over all partitions of a log."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._tables: list[_Table] = []

    def __len__(self) -> int:
        return sum(table.used for table in self._tables)

    @property
    def bytes(self) -> int:
        return 8 * sum(table.slots for table in self._tables)

    def known(self, wanted: Fingerprints) -> npt.NDArray[np.bool_]:
        """For each of `wanted`, whether it is remembered."""
        found = np.zeros(len(wanted), bool)
        for table in self._tables:
            found |= table.holds(wanted)
        return found

    def learn(self, new: Fingerprints, received_at: datetime) -> None:
        """Remembers `new`, which holds no fingerprint twice and none that is known."""
        while len(new):
            table = self._newest(received_at)
            now = new[: table.room]
            table.add(now)
            table.newest = max(table.newest, received_at)
            new = new[len(now) :]

    def forget_before(self, now: datetime) -> None:
        """Forgets the slices that were received longer ago than the window."""
        horizon = now - self._window
        while self._tables and self._tables[0].newest < horizon:
            del self._tables[0]

    def _newest(self, received_at: datetime) -> "_Table":
        """A table with room, of the slice that `received_at` belongs to."""
        newest = self._tables[-1] if self._tables else None
        if newest is None:
            self._tables.append(_Table(FIRST_SLOTS, received_at))
        elif received_at >= newest.oldest + self._window / SLICES:
            # As large as the last slice turned out to need.
            needed = max(FIRST_SLOTS, 1 << int(newest.used / FULLEST).bit_length())
            self._tables.append(_Table(min(needed, MOST_SLOTS), received_at))
        elif not newest.room and newest.slots < MOST_SLOTS:
            newest.grow(4 if newest.slots < QUICKLY_GROWN else 2)
        elif not newest.room:
            self._tables.append(_Table(MOST_SLOTS, newest.oldest))
        return self._tables[-1]


class _Table:
    """A set of fingerprints, searched and filled a column at a time.

    A fingerprint lies in its bucket, or, where that was full, in the next one with room. A bucket is filled from its
    first slot on; a zero is an empty slot.
    """

    def __init__(self, slots: int, oldest: datetime) -> None:
        self._buckets: Fingerprints = np.zeros((slots // BUCKET, BUCKET), np.uint64)
        self.used = 0
        self.oldest = self.newest = oldest

    @property
    def slots(self) -> int:
        return self._buckets.size

    @property
    def room(self) -> int:
        return int(self.slots * FULLEST) - self.used

    def holds(self, wanted: Fingerprints) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(wanted), bool)
        if not self.used:
            return found
        places, open_ = self._first_places(wanted), np.arange(len(wanted))
        while len(open_):
            buckets = self._buckets[places]
            found[open_] = _any(buckets == wanted[:, None])
            further = buckets[:, -1] != 0
            further &= ~found[open_]
            open_, wanted, places = open_[further], wanted[further], self._next(places[further])
        return found

    def add(self, new: Fingerprints) -> None:
        """Takes in `new`, for which there must be room; none of them may be there already, or there twice."""
        self.used += len(new)
        places = self._first_places(new)
        while len(new):
            filled = np.bitwise_count((self._buckets[places] != 0).view(np.uint64)[:, 0])
            full = filled == BUCKET
            places[full] = self._next(places[full])
            there = np.minimum(filled, BUCKET - 1)
            # Where several want one slot, the last written has it, and the others look again.
            fits = ~full
            self._buckets[places[fits], there[fits]] = new[fits]
            again = full | (self._buckets[places, there] != new)
            new, places = new[again], places[again]

    def grow(self, times: int) -> None:
        """Moves into so many times the slots."""
        held = self._buckets[self._buckets != 0]
        self._buckets = np.zeros((times * len(self._buckets), BUCKET), np.uint64)
        self.used = 0
        # They come in the order of their buckets, so that a few thousand at a time stay within the processor's cache.
        for start in range(0, len(held), _MOVED_AT_ONCE):
            self.add(held[start : start + _MOVED_AT_ONCE])

    def _first_places(self, numbers: Fingerprints) -> npt.NDArray[np.intp]:
        bits = len(self._buckets).bit_length() - 1
        return ((numbers * _PLACING) >> np.uint64(64 - bits)).astype(np.intp)

    def _next(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return (places + 1) & (len(self._buckets) - 1)


def _any(found: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """For each bucket, whether anything is found in it: its eight bytes as one number."""
    return found.view(np.uint64)[:, 0] != 0
