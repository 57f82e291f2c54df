"""Which project a key belongs to, and what rules it has: read from the control tables every few seconds, with a copy on
this machine's disk, so that ingestion starts and goes on while the analytics database is away."""

import asyncio
import hashlib
import logging
import time
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.ingestion.kept_copy import keep_copy
from gooddata.ingestion.rules.book import RuleBook
from gooddata.persistence.pool import open_pool
from gooddata.sql import statement

_KEYS = statement(__package__, "keys")
_REFRESH_SECONDS = 5.0
_SOONEST_REFRESH_SECONDS = 0.3  # so that a flood of made-up keys costs a few looks a second

logger = logging.getLogger(__name__)


class Key(msgspec.Struct, frozen=True):
    """What a key opens; `scope` is "write" or "read"."""

    project: str
    scope: str
    expires_at: datetime | None = None

    def is_valid(self) -> bool:
        return self.expires_at is None or self.expires_at.timestamp() > time.time()


def hash_of(key: str) -> str:
    """What the database keeps of a key. Lone surrogates, which JSON can write, are no reason to fail."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


class Keys:
    """Call `refresh()` once, then keep `run()` going; `find(key)` answers from memory."""

    def __init__(self, dsn: str, copy: Path, rules: RuleBook) -> None:
        self.rules = rules
        self._dsn = dsn
        self._copy = copy
        self._pool: asyncpg.Pool | None = None
        self._keys: dict[str, Key] = {}
        self._found: dict[str, Key] = {}
        self._refreshed = 0.0
        self._read_at = time.monotonic()
        self._turn = asyncio.Lock()
        self._looking = asyncio.Lock()

    @property
    def age(self) -> float:
        """Seconds since keys and rules were last read from the database."""
        return time.monotonic() - self._read_at

    def known(self, key: str) -> Key | None:
        """The key's meaning, as far as it is known now; None when it is not known, or no longer valid."""
        found = self._found.get(key)
        if found is None and (found := self._keys.get(hash_of(key))):
            self._found[key] = found
        return found if found is None or found.is_valid() else None

    async def find(self, key: str) -> Key | None:
        """The key's meaning, or None when there is no such key.

        A key that is not known may have been made a moment ago, so it waits for a fresh look, which all such share.
        """
        if (known := self.known(key)) is None:
            await self._look_again()
            known = self.known(key)
        return known

    async def _look_again(self) -> None:
        asked = time.monotonic()
        async with self._looking:
            if self._refreshed < asked:
                await asyncio.sleep(self._refreshed + _SOONEST_REFRESH_SECONDS - time.monotonic())
                await self.refresh()

    async def refresh(self) -> None:
        """Reads the keys from the database; from the copy on disk when the database is away at the start."""
        async with self._turn:
            self._refreshed = time.monotonic()
            try:
                if self._pool is None:
                    self._pool = await open_pool(self._dsn, "gooddata_ingest", size=1)
                rows = await self._pool.fetch(_KEYS)
                await self.rules.refresh(self._pool)
            except UNAVAILABLE as failure:
                logger.warning("keys could not be read (%s); using those known before", failure)
                if not self._keys and self._copy.exists():
                    self._keys = msgspec.json.decode(self._copy.read_bytes(), type=dict[str, Key])
                await self.rules.recall()
                return
            self._read_at = time.monotonic()
            keys = {row["key_hash"].hex(): Key(row["project_id"], row["scope"], row["expires_at"]) for row in rows}
            if keys != self._keys:
                self._keys, self._found = keys, {}
                keep_copy(self._copy, msgspec.json.encode(keys))

    async def run(self) -> None:
        """Refreshes every few seconds until cancelled."""
        while True:
            await asyncio.sleep(_REFRESH_SECONDS)
            await self.refresh()
