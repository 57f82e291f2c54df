"""How fast a write key may send: a bucket of tokens for each key, in the memory of one process."""

import math
import time
from collections.abc import Callable

from gooddata.errors import GoodDataError
from gooddata.ingestion import limits


class TooFast(GoodDataError):
    """A key sends faster than it may. `retry_after` is in whole seconds, as the header of that name takes them."""

    def __init__(self, seconds: float) -> None:
        super().__init__("this key sends faster than the server's rate_limit allows; send the same events again later")
        self.retry_after = str(math.ceil(seconds))


class KeyRates:
    """Lets through `rate` events a second a key on average; 0 lets everything through.

    A bucket holds `limits.RATE_BURST_SECONDS` seconds' worth of tokens and at least one full batch; a request that is
    larger still passes when the bucket is full, and the ones after it wait for what it took too much.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._room = float(max(rate * limits.RATE_BURST_SECONDS, limits.BATCH_EVENTS))
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, key: str, events: int) -> None:
        """Takes the tokens of a request of so many events. Raises TooFast, and takes none, when they are not there."""
        if not self._rate:
            return
        now = self._clock()
        tokens, at = self._buckets.get(key, (self._room, now))
        tokens = min(self._room, tokens + (now - at) * self._rate)
        needed = min(events, self._room)
        if tokens < needed:
            raise TooFast((needed - tokens) / self._rate)
        self._buckets[key] = tokens - events, now
