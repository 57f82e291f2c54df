"""The leases of one worker."""

import os
import secrets
import socket
from datetime import timedelta
from typing import Any, Self

import msgspec

from gooddata.sql import statement

_MAKE_CURSORS = statement(__package__, "make_cursors")
_JOIN = statement(__package__, "join")
_FORGET = statement(__package__, "forget_the_gone")
_LIVE = statement(__package__, "live_workers")
_RENEW = statement(__package__, "renew")
_TAKE = statement(__package__, "take")
_RELEASE = statement(__package__, "release")
_LEAVE = statement(__package__, "leave")

# The class of the advisory locks by which workers show that they are there; any constant does.
LOCK_CLASS = 7_013_046


class Lease(msgspec.Struct, frozen=True):
    """A partition held: results from position `seq` on may be written under `epoch`."""

    partition: int
    seq: int
    epoch: int


class Leases:
    """Open with `await Leases.join(...)`; `keep()` now and then; `leave()` at the end.

    `connection` must stay the same and open: it holds the advisory lock that says that this worker is alive.
    """

    def __init__(self, connection: Any, number: int, owner: str, seconds: float) -> None:
        self.owner = owner
        self.share = 0
        self._connection = connection
        self._number = number
        self._term = timedelta(seconds=seconds)

    @classmethod
    async def join(cls, connection: Any, partitions: int, seconds: float) -> Self:
        """Joins the workers of a log of `partitions`; a lease that is not renewed for `seconds` falls to others."""
        number = secrets.randbelow(2**31)
        owner = f"{socket.gethostname()}-{os.getpid()}-{number}"
        await connection.execute(_MAKE_CURSORS, partitions)
        await connection.execute(_FORGET)
        await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCK_CLASS, number)
        await connection.execute(_JOIN, number, owner)
        return cls(connection, number, owner, seconds)

    async def keep(self) -> dict[int, Lease]:
        """Renews what is held, takes or gives back until it is the fair share; the leases by partition."""
        async with self._connection.transaction():
            await self._connection.execute(_JOIN, self._number, self.owner)
            live = [row["number"] for row in await self._connection.fetch(_LIVE, LOCK_CLASS, self._term)]
            held = _leases(await self._connection.fetch(_RENEW, self.owner, self._term))
            partitions = await self._connection.fetchval("SELECT count(*) FROM analytics.cursor")
            self.share = fair_share(partitions, sorted({*live, self._number}), self._number)
            surplus = sorted(held)[self.share :]
            if surplus:
                await self._connection.execute(_RELEASE, self.owner, surplus)
            elif len(held) < self.share:
                wanted = self.share - len(held)
                taken = await self._connection.fetch(_TAKE, self.owner, self._term, LOCK_CLASS, wanted)
                held |= _leases(taken)
        return {partition: lease for partition, lease in held.items() if partition not in surplus}

    async def leave(self) -> None:
        """Gives everything back, so that others can go on at once."""
        await self._connection.execute(_LEAVE, self.owner)
        await self._connection.execute("SELECT pg_advisory_unlock($1, $2)", LOCK_CLASS, self._number)


def fair_share(partitions: int, workers: list[int], own: int) -> int:
    """How many of the partitions the worker numbered `own` should hold; all workers together hold every one.

    >>> [fair_share(5, [3, 8], worker) for worker in (3, 8)]
    [3, 2]
    """
    even, left = divmod(partitions, len(workers))
    return even + (workers.index(own) < left)


def _leases(rows: Any) -> dict[int, Lease]:
    return {row["partition"]: Lease(row["partition"], row["seq"], row["epoch"]) for row in rows}
