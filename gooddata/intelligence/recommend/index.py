"""The sessions that recommendations are made from: which items each had, and which sessions each item was in.

It grows click by click. The newest CLICKS of a session are kept, and the newest POSTINGS of an item; sessions and items
themselves are not taken out.
"""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

CLICKS = 20
POSTINGS = 1_000
NO_ITEM = -1
_ROOM = 1_024

Items = NDArray[np.int32]


class Index:
    """Items and sessions go by numbers, counted from 0 in the order in which they were first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []
        self._postings: list[array[int]] = []
        self._sessions = np.full((_ROOM, CLICKS), NO_ITEM, dtype=np.int32)
        self._length: list[int] = []
        self._clicks = np.zeros(_ROOM)
        self._repeats = np.zeros(_ROOM)
        self._found_in = np.zeros(_ROOM)

    def __len__(self) -> int:
        """How many sessions there are."""
        return len(self._length)

    @property
    def items(self) -> int:
        """How many different items there are."""
        return len(self.names)

    def number(self, name: str) -> int | None:
        """An item's number, if it has been seen."""
        return self._numbers.get(name)

    def begin(self) -> int:
        """The number of a new session."""
        session = len(self._length)
        if session == len(self._sessions):
            self._sessions = np.vstack([self._sessions, np.full_like(self._sessions, NO_ITEM)])
        self._length.append(0)
        return session

    def add(self, session: int, name: str) -> int:
        """Appends an item to a session; gives the item's number. An item that follows itself is counted, not kept."""
        item = self._numbers.get(name)
        if item is None:
            item = self._new_item(name)
        self._clicks[item] += 1
        row, length = self._sessions[session], self._length[session]
        if length and row[length - 1] == item:
            self._repeats[item] += 1
            return item
        if not (row[:length] == item).any():
            self._found_in[item] += 1
            postings = self._postings[item]
            postings.append(session)
            if len(postings) > 2 * POSTINGS:
                del postings[:POSTINGS]
        if length == CLICKS:
            row[:-1] = row[1:]
            row[-1] = item
        else:
            row[length] = item
            self._length[session] = length + 1
        return item

    def add_sessions(self, sessions: Iterable[Iterable[str]]) -> None:
        """Appends whole sessions, the oldest first."""
        for items in sessions:
            session = self.begin()
            for item in items:
                self.add(session, item)

    def numbers(self, names: Iterable[str]) -> list[int]:
        """The numbers of those items that have been seen."""
        return [number for name in names if (number := self._numbers.get(name)) is not None]

    def sessions_with(self, item: int) -> Items:
        """The newest sessions that an item was in, at most POSTINGS, the oldest first."""
        return np.array(self._postings[item][-POSTINGS:], dtype=np.int32)

    def clicks_of(self, sessions: Items) -> Items:
        """The items of sessions (n, CLICKS), in order, padded with NO_ITEM."""
        return self._sessions[sessions]

    def in_sessions(self, items: Items) -> NDArray[np.float64]:
        """In how many sessions each item has been."""
        return self._found_in[items]

    def repeat_rate(self, item: int) -> float:
        """How often an item followed itself, of all times it was there; that of all items where it is new."""
        usual = self._repeats.sum() / max(self._clicks.sum(), 1.0)
        return float((self._repeats[item] + 20.0 * usual) / (self._clicks[item] + 20.0))

    def trending(self, sessions: int) -> tuple[Items, NDArray[np.float64]]:
        """The items of the newest `sessions`, and in how many of these each was, the most first."""
        newest = self._sessions[max(0, len(self) - sessions) : len(self)]
        items, counts = np.unique(newest[newest != NO_ITEM], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return items[order], counts[order].astype(np.float64)

    def _new_item(self, name: str) -> int:
        item = self._numbers[name] = len(self.names)
        self.names.append(name)
        self._postings.append(array("i"))
        if item == len(self._clicks):
            room = np.zeros(len(self._clicks))
            self._clicks, self._repeats, self._found_in = (
                np.concatenate([counts, room]) for counts in (self._clicks, self._repeats, self._found_in)
            )
        return item


def split_newest(
    sessions: Sequence[Sequence[str]], share: float
) -> tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]:
    """Older and newest sessions, the latter a `share` of them."""
    place = round(len(sessions) * (1 - share))
    return sessions[:place], sessions[place:]
