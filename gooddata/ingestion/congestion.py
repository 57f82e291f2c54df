"""Whether requests come faster than they can be stored. Then some are refused at once, before they are decoded.

What is too much waits in two places: in sockets that are ready to be read, out of sight, where one turn of the event
loop reads them all; and, decoded, for the next commit. Both waits are watched, as CoDel does (RFC 8289): the wait that
counts is of what was just served, and it has to be long for a while. So a pause of the machine, or of PostgreSQL, is no
congestion, and what waited then is taken in. In congestion a turn takes in no more than fits into a short time, and
nothing while the oldest waits for too long. The rest is refused, which costs a fraction of taking it in: what is taken
in is answered in good time, and senders know when to come back.
"""

import asyncio
import random
import time
from collections.abc import Callable

from gooddata.ingestion import limits
from gooddata.ingestion.unusable import Unusable

LATE_SECONDS = 0.25
STANDING_SECONDS = 1.0  # for which all was late; and in which nothing was refused, until it is over
MOST_RETRY_AFTER = 5  # seconds; drawn by chance, so that those who were refused do not come back as one

Later = Callable[[Callable[[], None]], object]


class Congestion:
    """`later` calls something at the end of the running turn of the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, later: Later | None = None) -> None:
        self._clock = clock
        self._later = later
        self._turns, self._commits = _Standing(), _Standing()
        self._turn_began: float | None = None
        self._refused_at: float | None = None

    @property
    def is_there(self) -> bool:
        return self._refused_at is not None

    def refuses(self, oldest_since: float | None) -> bool:
        """To be asked once for each request, when it has come; since when the oldest waits for its commit to begin."""
        now = self._clock()
        if self._turn_began is None:
            self._turn_began = now
            (self._later or asyncio.get_running_loop().call_soon)(self._end_turn)
        if self._refused_at is None:
            return False
        waited = 0.0 if oldest_since is None else now - oldest_since
        if now - self._turn_began <= limits.TURN_SECONDS and waited <= limits.WAITING_SECONDS:
            return False
        self._refused_at = now
        return True

    def commit_begins(self, oldest_since: float) -> None:
        """To be told of each commit: since when the oldest of it has waited."""
        now = self._clock()
        if self._commits.is_late(now - oldest_since, now) and self._refused_at is None:
            self._refused_at = now

    def _end_turn(self) -> None:
        assert self._turn_began is not None
        began, self._turn_began, now = self._turn_began, None, self._clock()
        late = self._turns.is_late(now - began, now)
        if self._refused_at is None:
            if late:
                self._refused_at = now
        elif now - self._refused_at > STANDING_SECONDS:
            self._refused_at = None


class _Standing:
    """Whether everything has been late for a while."""

    def __init__(self) -> None:
        self._since: float | None = None

    def is_late(self, waited: float, now: float) -> bool:
        if waited <= LATE_SECONDS:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since > STANDING_SECONDS


def refusal() -> Unusable:
    """What is told to a request that is refused for this."""
    message = "more comes in than can be stored; send again later"
    return Unusable(503, "unavailable", message, retry_after=str(random.randint(1, MOST_RETRY_AFTER)))
