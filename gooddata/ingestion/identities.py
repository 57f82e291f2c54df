"""Remembers which events the log holds, for the length of the de-duplication window.

The log is the truth behind this memory: what other writers appended is read from it under the partition's turn. The
window is kept in slices of time, each a hash table of fingerprints, so that what is too old goes a slice at a time. An
identity takes 8 bytes in a table that is between a third and two thirds full: 12 to 24 bytes.
"""

import secrets
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from gooddata.ingestion.fingerprints import Fingerprints

SLICES = 4  # of the window; one more is kept while the oldest still overlaps it
FIRST_SLOTS = 1 << 15
MOST_SLOTS = 1 << 27  # 1 GiB: a slice that needs more goes on in another table
FULLEST = 2 / 3  # of the slots in use: past it a search takes ever more steps

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
        return sum(table.slots.nbytes for table in self._tables)

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
        newest = self._tables[-1] if self._tables else None
        if newest is None or received_at >= newest.oldest + self._window / SLICES:
            # As large as the last slice needed; it grows from there.
            slots = FIRST_SLOTS if newest is None else len(newest.slots)
            while newest is not None and slots > FIRST_SLOTS and newest.used < slots * FULLEST / 4:
                slots //= 2
            self._tables.append(_Table(slots, received_at))
        elif not newest.room and len(newest.slots) < MOST_SLOTS:
            newest.grow()
        elif not newest.room:
            self._tables.append(_Table(MOST_SLOTS, received_at))
        return self._tables[-1]


class _Table:
    """A set of fingerprints, by linear probing, searched and filled a column at a time. A zero is an empty slot."""

    def __init__(self, slots: int, oldest: datetime) -> None:
        self.slots: Fingerprints = np.zeros(slots, np.uint64)
        self.used = 0
        self.oldest = self.newest = oldest

    @property
    def room(self) -> int:
        return int(len(self.slots) * FULLEST) - self.used

    def holds(self, wanted: Fingerprints) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(wanted), bool)
        if not self.used:
            return found
        places, open_ = self._first_places(wanted), np.arange(len(wanted))
        while len(open_):
            there = self.slots[places]
            same = there == wanted
            found[open_[same]] = True
            further = ~(same | (there == 0))
            open_, wanted, places = open_[further], wanted[further], self._next(places[further])
        return found

    def add(self, new: Fingerprints) -> None:
        """Takes in `new`, for which there must be room; none of them may be there already, or there twice."""
        self.used += len(new)
        places = self._first_places(new)
        while len(new):
            empty = self.slots[places] == 0
            # Where several want one slot, the last written has it, and the others look further.
            self.slots[places[empty]] = new[empty]
            further = self.slots[places] != new
            new, places = new[further], self._next(places[further])

    def grow(self) -> None:
        """Moves into twice the slots."""
        held = self.slots[self.slots != 0]
        self.slots = np.zeros(2 * len(self.slots), np.uint64)
        self.used = 0
        self.add(held)

    def _first_places(self, numbers: Fingerprints) -> npt.NDArray[np.intp]:
        bits = len(self.slots).bit_length() - 1
        return ((numbers * _PLACING) >> np.uint64(64 - bits)).astype(np.intp)

    def _next(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return (places + 1) & (len(self.slots) - 1)
