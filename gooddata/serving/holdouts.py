"""Who is held out, at hand for every message to a browser."""

import asyncio
import logging
from typing import Any, Self
from uuid import UUID

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.persistence.holdout import is_held_out, shares

REFRESH_SECONDS = 2.0
# Before every score that there will be: a browser takes up what was computed later than what it knows.
NEVER = "1970-01-01T00:00:00.000+00:00"

logger = logging.getLogger(__name__)


class Holdouts:
    """The shares of all projects, as of the last look."""

    def __init__(self, pool: Any, known: dict[str, float]) -> None:
        self._pool = pool
        self._shares = known

    @classmethod
    async def open(cls, pool: Any) -> Self:
        return cls(pool, await shares(pool))

    async def run(self) -> None:
        """Keeps up with what owners set, until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                self._shares = await shares(self._pool)
            except UNAVAILABLE as failure:
                logger.warning("who is held out is as it was (%s); trying again", failure)

    def holds(self, project: str, visitor: UUID) -> bool:
        """Whether this pseudonym's browser is to be told nothing."""
        share = self._shares.get(project, 0.0)
        return share > 0 and is_held_out(visitor, share)

    def told(self, project: str, visitor: UUID, scores: dict[str, Any]) -> dict[str, Any]:
        """What the visitor's browser may know of their newest scores; `holdout` says whether that is nothing."""
        holdout = self.holds(project, visitor)
        return scores | {"scores": {} if holdout else scores["scores"], "holdout": holdout}
