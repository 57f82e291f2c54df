"""The sessions that recommendations are made from: which items each had, and which sessions each item was in.

It grows click by click. The newest CLICKS of a session are kept, and the newest POSTINGS of an item. What is to go,
because it is old or somebody was erased, goes by making the index anew of the sessions that stay.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

CLICKS = 20
POSTINGS = 1_000
NO_ITEM = -1
_ROOM = 1_024

Items = NDArray[np.int32]
_Session = TypeVar("_Session")


class Places:
    """Finds different numbers by writing each down where it points to, which takes no sorting of all of them."""

    def __init__(self) -> None:
        self._at = np.empty(_ROOM, dtype=np.intp)

    def distinct(self, numbers: Items) -> tuple[Items, NDArray[np.intp]]:
        """What np.unique gives of numbers (n,): the different ones, sorted, and the place (n,) of each among them."""
        if not len(numbers):
            return numbers, np.empty(0, dtype=np.intp)
        if (most := int(numbers.max())) >= len(self._at):
            self._at = np.empty(2 * most, dtype=np.intp)
        order = np.arange(len(numbers))
        self._at[numbers] = order
        different = np.sort(numbers[self._at[numbers] == order])
        self._at[different] = order[: len(different)]
        return different, self._at[numbers]


class Index:
    """Items and sessions go by numbers, counted from 0 in the order in which they were first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []
        self.item_places, self.session_places = Places(), Places()
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

    def clear(self, session: int) -> None:
        """Forgets the items of a session; `newest` then forgets that there was one."""
        self._sessions[session] = NO_ITEM
        self._length[session] = 0

    def items_of(self, session: int) -> list[str]:
        """The newest items of a session, in order."""
        return [self.names[item] for item in self._sessions[session][: self._length[session]].tolist()]

    def newest(self, count: int) -> tuple["Index", Items]:
        """An index of the newest `count` sessions alone, without empty ones, and which of this one's (n,) they are.

        Of what followed itself the share stays that it had.
        """
        first = max(0, len(self) - count)
        kept = first + np.flatnonzero(self._sessions[first : len(self), 0] != NO_ITEM).astype(np.int32)
        rows = self._sessions[kept]
        there = rows != NO_ITEM
        items, places = np.unique(rows[there], return_inverse=True)
        made = Index()
        made.names = [self.names[item] for item in items.tolist()]
        made._numbers = {name: number for number, name in enumerate(made.names)}
        lengths = there.sum(axis=1)
        made._length = lengths.tolist()
        made._sessions = np.full((max(_ROOM, len(kept)), CLICKS), NO_ITEM, dtype=np.int32)
        made._sessions[: len(kept)][there] = places
        room = max(_ROOM, len(items))
        clicks = np.bincount(places, minlength=len(items))
        made._clicks, made._repeats, made._found_in = np.zeros(room), np.zeros(room), np.zeros(room)
        made._clicks[: len(items)] = clicks
        made._repeats[: len(items)] = self._repeats[items] * clicks / np.maximum(self._clicks[items], 1.0)
        # (item, session), each once, by item and then by session.
        pairs = np.unique(places.astype(np.int64) * len(kept) + np.repeat(np.arange(len(kept)), lengths))
        of_item, sessions = np.divmod(pairs, max(len(kept), 1))
        found_in = np.bincount(of_item, minlength=len(items))
        made._found_in[: len(items)] = found_in
        ends = np.cumsum(found_in)
        sessions = sessions.astype(np.int32)
        made._postings = [
            array("i", sessions[max(end - had, end - POSTINGS) : end].tobytes())
            for end, had in zip(ends.tolist(), found_in.tolist(), strict=True)
        ]
        return made, kept

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

    def alike(self, item: int) -> tuple[Items, NDArray[np.float64]]:
        """The items (n,) that were in sessions with this one, and how much they belong together, the most first: the
        sessions with both, by the geometric mean of those with either (cosine)."""
        rows = self._sessions[self.sessions_with(item)]
        if not len(rows):
            return np.empty(0, dtype=np.int32), np.empty(0)
        clicks = np.sort(rows, axis=1)
        once = clicks != NO_ITEM
        once[:, 1:] &= clicks[:, 1:] != clicks[:, :-1]
        items, together = np.unique(clicks[once], return_counts=True)
        others = items != item
        items, together = items[others], together[others]
        cosine = together / np.sqrt(np.maximum(self._found_in[items], 1.0) * max(self._found_in[item], 1.0))
        order = np.argsort(-cosine, kind="stable")
        return items[order], cosine[order]

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


def split_newest(sessions: Sequence[_Session], share: float) -> tuple[Sequence[_Session], Sequence[_Session]]:
    """Older and newest sessions, the latter a `share` of them."""
    place = round(len(sessions) * (1 - share))
    return sessions[:place], sessions[place:]
