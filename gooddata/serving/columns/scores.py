"""Scores of sessions and visitors, read from the tables for the days that are asked for.

They are no part of blocks, since an event scores its session anew whose earlier hours stay as they are. The scores of a
day are read again once an hour of it has changed: a session is scored in the transaction that stores its event. What
takes its time to read is read less often, as changed hours are.
"""

import asyncio
from collections.abc import Hashable
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import Array
from gooddata.sql import statement

READ_SECONDS = 1.0
# Reading scores may take this share of the time.
READING_SHARE = 0.1
# Scores of a day that does not change are read again after this long: they may be past their term.
OLDEST_SECONDS = 6 * 3_600.0
# A standing job works scores of visitors out once an hour.
VISITORS_SECONDS = 60.0

_OF_SESSIONS, _OF_VISITORS = statement(__package__, "session_scores"), statement(__package__, "visitor_scores")


class Scores(msgspec.Struct, frozen=True):
    """(k,) `heads`, the first eight bytes of ids in their order, and the `values` of each; when they were read."""

    heads: Array
    values: Array
    read_at: float

    def of(self, heads: Array) -> Array:
        """(n,) The score of each; NaN where there is none."""
        if not len(self.heads):
            return np.full(len(heads), np.nan)
        place = np.minimum(np.searchsorted(self.heads, heads), len(self.heads) - 1)
        return np.where(self.heads[place] == heads, self.values[place].astype("f8"), np.nan)

    @property
    def bytes(self) -> int:
        return self.heads.nbytes + self.values.nbytes


class _Kept(msgspec.Struct):
    key: Hashable
    scores: Scores
    again_at: float


class ScoresOfProject:
    """Keeps what was read of a project."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._days: dict[int, dict[str, _Kept]] = {}
        self._visitors: dict[str, _Kept] = {}

    def bytes_of(self, start: int) -> int:
        """What the scores of a day take."""
        return sum(kept.scores.bytes for kept in self._days.get(start, {}).values())

    def drop(self, start: int) -> None:
        self._days.pop(start, None)

    async def of_day(self, connection: Any, project: str, task: str, start: int, key: Hashable) -> Scores:
        """Of the sessions with an event on the day that begins at `start`; `key` is another once it has changed."""
        kept = self._days.setdefault(start, {})
        known, now = kept.get(task), _now()
        is_fresh = known is not None and known.key == key and now < known.scores.read_at + OLDEST_SECONDS
        if known is not None and (is_fresh or now < known.again_at):
            return known.scores
        scores = await _read(connection, _OF_SESSIONS, project, task, float(start))
        kept[task] = _Kept(key, scores, _again_at(now, READ_SECONDS))
        return scores

    async def of_visitors(self, connection: Any, project: str, task: str) -> Scores:
        """Of all visitors of whom something is expected."""
        known, now = self._visitors.get(task), _now()
        if known is None or now >= known.again_at:
            scores = await _read(connection, _OF_VISITORS, project, task)
            known = self._visitors[task] = _Kept(None, scores, _again_at(now, VISITORS_SECONDS))
        return known.scores


async def _read(connection: Any, question: str, *asked: Any) -> Scores:
    read_at = _now()
    row = await connection.fetchrow(question, *asked)
    heads = np.frombuffer(row["heads"] or b"", ">u8").astype("u8")
    return Scores(heads, np.frombuffer(row["scores"] or b"", ">f4").astype("f4"), read_at)


def _again_at(started: float, seconds: float) -> float:
    ended = _now()
    return ended + max(seconds, (ended - started) / READING_SHARE)


def _now() -> float:
    return asyncio.get_running_loop().time()
