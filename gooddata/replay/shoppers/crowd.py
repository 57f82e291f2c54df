"""Who comes: mostly new people, and some who were here before."""

from random import Random

from gooddata.replay.shoppers.visit import Shopper, new_shopper

_RETURNING = 0.22
_AWAY_MS = 2 * 3_600_000
"""Nobody comes back sooner, so that two visits are never one session (which ends after 30 minutes)."""
_REMEMBERED = 5_000


class Crowd:
    """Shoppers, the last of them remembered so that they can come back."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._known: list[tuple[int, Shopper]] = []

    def arrive(self, at: int) -> Shopper:
        """Who comes at `at`, in epoch milliseconds; calls come in order of time."""
        shopper = self._one_who_returns(at) if self._rng.random() < _RETURNING else None
        shopper = shopper or new_shopper(self._rng)
        self._known.append((at, shopper))
        del self._known[:-_REMEMBERED]
        return shopper

    def _one_who_returns(self, at: int) -> Shopper | None:
        away = [entry for entry in self._known if entry[0] < at - _AWAY_MS]
        if not away:
            return None
        entry = self._rng.choice(away)
        self._known.remove(entry)
        return entry[1]
