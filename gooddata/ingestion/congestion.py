"""Whether requests come faster than they can be stored. Then some are refused at once, before they are decoded.

What is decoded waits for the next commit. That wait is watched as CoDel does (RFC 8289): it is taken when a commit
begins, and has to be long for a while. So a pause of the machine, or of PostgreSQL, is no congestion, and what waited
then is taken in. In congestion no more is taken in than the next commit can hold: commits stay full, so as much is
stored as can be, and what is taken in waits for one commit and is in the next.
"""

import random
import time
from collections.abc import Callable

from gooddata.ingestion import limits
from gooddata.ingestion.unusable import Unusable

LATE_SECONDS = 0.25
STANDING_SECONDS = 1.0  # for which commits began late; and in which nothing was refused, until it is over
MOST_RETRY_AFTER = 5  # seconds; drawn by chance, so that those who were refused do not come back as one


class Congestion:
    """Asked about every request, and told of every commit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._late_since: float | None = None
        self._refused_at: float | None = None

    @property
    def is_there(self) -> bool:
        return self._refused_at is not None

    def refuses(self, waiting_events: int) -> bool:
        """Whether a request that has come is to be refused, while so many events wait for their commit to begin."""
        if self._refused_at is None:
            return False
        now = self._clock()
        if waiting_events >= limits.FLUSH_EVENTS:
            self._refused_at = now
            return True
        if now - self._refused_at > STANDING_SECONDS:
            self._refused_at = self._late_since = None
        return False

    def commit_begins(self, oldest_since: float) -> None:
        """A commit takes what waits, the oldest of it since then."""
        now = self._clock()
        if now - oldest_since <= LATE_SECONDS:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = now
        elif self._refused_at is None and now - self._late_since > STANDING_SECONDS:
            self._refused_at = now


def refusal() -> Unusable:
    """What is told to a request that is refused for this."""
    message = "more comes in than can be stored; send again later"
    return Unusable(503, "unavailable", message, retry_after=str(random.randint(1, MOST_RETRY_AFTER)))
