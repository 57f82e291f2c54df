"""How far workers and the archive are behind the event log, which serving asks on its own behalf."""

import asyncio
from contextlib import suppress
from typing import Any

from gooddata.errors import ConfigurationError, GoodDataError, LogReplaced, LogUnavailable
from gooddata.eventlog.jetstream.address import is_nats
from gooddata.eventlog.lag import ArchiveLag, PartitionLag, archive_lag, lag_by_partition
from gooddata.eventlog.log import EventLog
from gooddata.eventlog.open import open_log

ROLE = "gooddata_ledger"
FRESH_SECONDS = 1.0  # for which an answer, or that there was none, serves everybody who asks
PATIENCE_SECONDS = 3.0  # with a log that does not answer; a page waits for it

Lags = tuple[list[PartitionLag], ArchiveLag | None]


class LogLag:
    """The log is opened when it is first asked, and again after it was away: serving does without it."""

    def __init__(self, log: str, raw_dsn: str, analytics: Any, raw: Any) -> None:
        self.is_nats = is_nats(log)
        self._setting, self._raw_dsn = log, raw_dsn
        self._analytics, self._raw = analytics, raw
        self._log: EventLog | None = None
        self._turn = asyncio.Lock()
        self._known: Lags | LogUnavailable | None = None
        self._known_until = 0.0

    async def close(self) -> None:
        if self._log is not None:
            with suppress(GoodDataError):
                await self._log.close()
            self._log = None

    async def now(self) -> Lags:
        """Of every partition, and of the archive, where there is one. Raises LogUnavailable, and what the databases
        raise."""
        clock = asyncio.get_running_loop().time
        async with self._turn:
            if self._known is None or clock() >= self._known_until:
                self._known = await self._ask()
                self._known_until = clock() + FRESH_SECONDS
            if isinstance(self._known, LogUnavailable):
                raise LogUnavailable(str(self._known))
            return self._known

    async def _ask(self) -> Lags | LogUnavailable:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if self._log is None:
                    self._log = await open_log(self._setting, self._raw_dsn, ROLE, size=1)
                return await lag_by_partition(self._log, self._analytics), await archive_lag(self._log, self._raw)
        except LogUnavailable as failure:
            return failure
        except (ConfigurationError, LogReplaced, TimeoutError) as failure:
            await self.close()
            return LogUnavailable(str(failure) or "the event log does not answer")
