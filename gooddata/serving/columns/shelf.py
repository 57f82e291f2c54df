"""Keeps the days of projects in memory, as far as they are asked for and there is room.

A day is put together from the blocks of its hours. Of an hour that has changed since its block was written, such as the
one that is running, the block is made here from the tables, so that an answer is of what is stored now; how often that
is done depends on what it takes. Of more such hours than MOST_LIVE, as in an import, blocks are taken as they are, and
the answer says how many hours are `behind`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from gooddata.blocks.block import HOUR_SECONDS, OF_EVENTS, OF_SESSIONS, Block, decode
from gooddata.blocks.read import is_large, read_block
from gooddata.serving.columns.choose import Stretch
from gooddata.serving.columns.day import DAY_SECONDS, Day
from gooddata.serving.columns.filters import SESSION_SCORES
from gooddata.serving.columns.names import Names
from gooddata.serving.columns.put_together import put_together
from gooddata.serving.columns.scores import Scores, ScoresOfProject
from gooddata.sql import statement

MOST_LIVE = 36
LOOK_SECONDS = 1.0
# Reading changed hours may take this share of the time.
READING_SHARE = 0.1
# Of a project, spans of days of which is remembered what questions share: a page asks about its own, about the one
# before it, and about both.
MOST_STRETCHES = 4

_HELD, _BODIES = statement(__package__, "held"), statement(__package__, "bodies")

Key = tuple[tuple[int, int, int], ...]
"""Which blocks a day is of: hour, version of the block or 0, marks of the hour as it was read or 0."""


class Held(msgspec.Struct, frozen=True):
    """What there is of a project: versions of blocks and marks of changed hours, by hour (epoch seconds); `since`
    (epoch seconds) all events are there."""

    blocks: dict[int, int]
    due: dict[int, int]
    since: int | None

    def days(self, since: int, until: int) -> list[int]:
        """Starts of the days, between two such, of which there is something."""
        hours = {*self.blocks, *self.due}
        return sorted({hour // DAY_SECONDS * DAY_SECONDS for hour in hours if since <= hour < until})


class Answered(msgspec.Struct, frozen=True):
    """Days to answer from; how many of their hours are behind; from when on (epoch seconds) there are events."""

    stretch: Stretch
    behind: int
    since: int | None


class _Live(msgspec.Struct):
    marks: int
    block: Block | None
    again_at: float


class _Project:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.looked_at = float("-inf")
        self.held = Held({}, {}, None)
        self.days: dict[int, tuple[Key, Day]] = {}
        self.blocks: dict[int, tuple[int, Block]] = {}  # of days that are changing
        self.live: dict[int, _Live] = {}
        self.scores = ScoresOfProject()
        self.stretches: OrderedDict[tuple[int, int], Stretch] = OrderedDict()
        self.forget_names()

    def forget_names(self) -> None:
        names = {kind: Names() for kind in (*OF_SESSIONS, *OF_EVENTS)}
        # The page that a session was entered by is a page.
        self.names: Mapping[str, Names] = names | {"entry": names["path"]}
        self.stretches.clear()

    def stretch(self, first: int, last: int) -> Stretch:
        """The days from one moment up to another: the same object as long as they are what they were."""
        days = [self.days[start][1] for start in sorted(self.days) if first <= start < last]
        found = self.stretches.pop((first, last), None)
        if (
            found is None
            or len(found.days) != len(days)
            or any(a is not b for a, b in zip(found.days, days, strict=True))
        ):
            found = Stretch(days, self.names)
        self.stretches[first, last] = found
        if len(self.stretches) > MOST_STRETCHES:
            self.stretches.popitem(last=False)
        return found


class Shelf:
    """`analytics` is a pool whose role may read; `room` the bytes that days may take altogether, beyond which those
    that were asked for least lately go."""

    def __init__(self, analytics: Any, room: int) -> None:
        self._analytics = analytics
        self._room = room
        self._projects: dict[str, _Project] = {}
        self._order: OrderedDict[tuple[str, int], int] = (
            OrderedDict()
        )  # bytes of days, the least lately asked for first

    def __len__(self) -> int:
        """How many days are kept."""
        return len(self._order)

    @property
    def room(self) -> int:
        return self._room

    @property
    def bytes(self) -> int:
        return sum(self._order.values())

    async def days(self, project: str, since: int, until: int, scores: Collection[str] = ()) -> Answered:
        """The days between two moments (epoch seconds), and one more before and after for sessions that go on; with
        the scores of their sessions and visitors for some tasks."""
        own = self._projects.setdefault(project, _Project())
        first = since // DAY_SECONDS * DAY_SECONDS - DAY_SECONDS
        last = -(-until // DAY_SECONDS) * DAY_SECONDS + DAY_SECONDS
        self._make_room()
        async with own.lock:
            behind = await self._bring_up_to_date(project, own, first, last)
            stretch, complete_since = own.stretch(first, last), own.held.since
            days = {day.start: own.days[day.start] for day in stretch.days}
            for start in days:
                self._order.move_to_end((project, start))
        if scores:
            of_sessions, of_visitors = await self._scores(project, own, days, scores)
            # What is chosen by scores is not shared: they are newer with the next question.
            stretch = Stretch(stretch.days, stretch.names, of_sessions, of_visitors)
        self._make_room()
        return Answered(stretch, behind, complete_since)

    async def _bring_up_to_date(self, project: str, own: _Project, first: int, last: int) -> int:
        clock = asyncio.get_running_loop().time
        async with self._analytics.acquire() as connection:
            if clock() - own.looked_at >= LOOK_SECONDS:
                own.held = _held(await connection.fetch(_HELD, project))
                own.looked_at = clock()
                for gone in own.days.keys() - set(own.held.days(0, 1 << 62)):
                    self._drop(project, own, gone)
            held = own.held
            due = sorted(hour for hour in held.due if first <= hour < last)
            live = due[-MOST_LIVE:]
            for hour in live:
                await _read_live(connection, project, own, hour, held.due[hour])
            for hour in own.live.keys() - held.due.keys():
                del own.live[hour]
            for start in held.days(first, last):
                await self._bring_day(connection, project, own, start, frozenset(live))
        return len(due) - len(live)

    async def _bring_day(self, connection: Any, project: str, own: _Project, start: int, live: frozenset[int]) -> None:
        hours = range(start, start + DAY_SECONDS, HOUR_SECONDS)
        written = {hour: own.held.blocks[hour] for hour in hours if hour in own.held.blocks and hour not in live}
        read = {hour: own.live[hour].marks for hour in hours if hour in live}
        key = tuple(sorted([*((hour, version, 0) for hour, version in written.items()),
                            *((hour, 0, marks) for hour, marks in read.items())]))  # fmt: skip
        known = own.days.get(start)
        if known is not None and known[0] == key:
            return
        lacking = [hour for hour, version in written.items() if own.blocks.get(hour, (0, None))[0] != version]
        rows = await connection.fetch(_BODIES, project, [float(hour) for hour in lacking]) if lacking else []
        blocks = {block.start: (row["version"], block) for row in rows for block in (await _decoded(row["body"]),)}
        own.blocks |= blocks
        now = [own.blocks[hour][1] for hour in written if hour in own.blocks]
        now += [block for hour in read if (block := own.live[hour].block) is not None]
        day = await asyncio.to_thread(put_together, start, now, own.names)
        if not read:
            # It will hardly change any more.
            for hour in hours:
                own.blocks.pop(hour, None)
        own.days[start] = (key, day)
        self._order[project, start] = day.bytes

    async def _scores(
        self, project: str, own: _Project, days: Mapping[int, tuple[Key, Day]], tasks: Collection[str]
    ) -> tuple[dict[str, list[Scores]], dict[str, Scores]]:
        """By task. Questions that ask for none do not wait for it: of many days it takes seconds."""
        of_sessions: dict[str, list[Scores]] = {}
        of_visitors: dict[str, Scores] = {}
        async with own.scores.lock, self._analytics.acquire() as connection:
            for task in tasks:
                if task in SESSION_SCORES:
                    of_sessions[task] = [
                        await own.scores.of_day(connection, project, task, start, key)
                        for start, (key, _) in days.items()
                    ]
                else:
                    of_visitors[task] = await own.scores.of_visitors(connection, project, task)
        for start in days:
            if start not in own.days:
                own.scores.drop(start)
        return of_sessions, of_visitors

    def _make_room(self) -> None:
        """Drops days, but none of a project whose days a question is just bringing: it is to find them."""
        # A day grows by what was worked out of it when it was asked for.
        sizes = {key: self._size(*key) for key in self._order}
        self._order.update(sizes)
        shared = sum(stretch.bytes for own in self._projects.values() for stretch in own.stretches.values())
        if self.bytes + shared > self._room:
            # It is soon made again.
            for own in self._projects.values():
                own.stretches.clear()
        taken = self.bytes
        for project, start in list(self._order)[:-1]:
            if taken <= self._room:
                return
            own = self._projects[project]
            if not own.lock.locked():
                taken -= sizes[project, start]
                self._drop(project, own, start)

    def _size(self, project: str, start: int) -> int:
        own = self._projects[project]
        return own.days[start][1].bytes + own.scores.bytes_of(start)

    def _drop(self, project: str, own: _Project, start: int) -> None:
        self._order.pop((project, start), None)
        own.days.pop(start, None)
        own.scores.drop(start)
        own.stretches.clear()
        if start + DAY_SECONDS in own.days:
            own.days[start + DAY_SECONDS][1].links_made.pop(start, None)
        for hour in range(start, start + DAY_SECONDS, HOUR_SECONDS):
            own.blocks.pop(hour, None)
        if not own.days:
            own.forget_names()


async def _decoded(body: bytes) -> Block:
    return await asyncio.to_thread(decode, body)


def _held(rows: Sequence[Any]) -> Held:
    blocks = {row["hour"]: row["version"] for row in rows if row["version"] is not None}
    due = {row["hour"]: row["marks"] for row in rows if row["marks"] is not None}
    closed = [row["hour"] for row in rows if row["version"] is None and row["marks"] is None]
    return Held(blocks, due, closed[0] if closed else None)


async def _read_live(connection: Any, project: str, own: _Project, hour: int, marks: int) -> None:
    clock = asyncio.get_running_loop().time
    known = own.live.get(hour)
    if known is not None and (known.marks == marks or clock() < known.again_at):
        return
    started = clock()
    # Marks are read first: what is committed in between is among the events already, and read once more.
    block = await read_block(connection, project, hour, await is_large(connection, project, hour))
    took = clock() - started
    own.live[hour] = _Live(marks, block, clock() + max(LOOK_SECONDS, took / READING_SHARE))
