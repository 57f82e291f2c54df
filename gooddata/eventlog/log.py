"""What every event log does, on whatever it stands."""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gooddata.eventlog.batch import Append, Reached, Receipt, StoredBatch, StoredIdentities, Waiting
from gooddata.persistence.erasure.person import Tombstone


class Turn(Protocol):
    """What is decided between `missed`, `tombstones` and `append` is decided on what the log holds."""

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        """As EventLog.missed, of the partitions of the turn."""

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        """As EventLog.tombstones, to be asked after `missed`: there are none that `append` would come after."""

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        """As EventLog.append. A log that cannot keep others away meanwhile raises HeadMoved, too."""


class EventLog(Protocol):
    """Every method that asks the log something raises LogUnavailable while it does not answer.

    Positions grow within a partition; a batch keeps its own. Whether there are gaps between them is the log's affair.
    """

    @property
    def partitions(self) -> int: ...

    @property
    def epoch(self) -> int | None:
        """The number of the stream that is the log; None where it is in the raw database, and needs no archive."""

    @property
    def appends_together(self) -> bool:
        """Whether an append to many partitions costs about as much as one to a single partition."""

    async def close(self) -> None: ...

    async def make_room(self) -> None:
        """Whatever must be done ahead so that batches of the next weeks can be stored."""

    async def keep_room(self) -> None:
        """Makes room now and then, until cancelled."""

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        """Appends, all of it or nothing, if its partitions still stand at `heads`; it is durable, then. Where these
        partitions stand now. Raises HeadMoved when one of them has moved on."""

    def turn(self, partitions: Collection[int]) -> AbstractAsyncContextManager[Turn]:
        """What may be appended to `partitions` is decided within; leaving it makes it durable, or raises."""

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        """What some batches hold that follow the positions `known` and were received at `since` or later, in the order
        of their partition; empty once there are no more."""

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        """The tombstones after number `after`, with their numbers and projects."""

    async def identities_at(self, partition: int, seq: int) -> StoredIdentities | None:
        """The identities of the first batch at a position or after it, if there is one. No append that was begun
        before, without an answer, comes to be there later."""

    async def received(self, receipt: Receipt) -> bool:
        """Whether the append with this receipt has happened; if not, it never will."""

    async def drained(self, spool: UUID) -> int:
        """The number of the last record of a spool that is in the log; 0 where none is. No append that was begun
        before, without an answer, changes that later."""

    async def read(self, partition: int, after: int, limit: int = 16) -> list[StoredBatch]:
        """Up to `limit` batches of `partition` that follow position `after`, in order, none skipped."""

    async def reach(self) -> dict[int, int]:
        """For every partition, a position that no batch of it is beyond."""

    async def heads(self) -> dict[int, int]:
        """The position of the newest batch of every partition; 0 where there is none."""

    async def waiting(self, reached: Mapping[int, Reached]) -> list[Waiting]:
        """What waits in every partition for readers that are so far."""

    async def not_held(self, reached: Mapping[int, Reached]) -> list[int]:
        """The partitions in which readers that are so far have come to something that this log does not hold, as after
        a backup was restored that is older than what they have written."""

    async def waiting_for_archive(self, archived: int) -> tuple[int, datetime | None]:
        """How many messages of the stream follow a sequence number, and since when the oldest of them is there."""

    async def wait(self, timeout: float) -> None:
        """Returns when a batch may have been appended since the last call, or after `timeout` seconds."""
