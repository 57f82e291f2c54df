"""Visitors of browsers that store nothing: an id that holds for a day, made of what a request itself tells.

The id is a keyed hash of project, network address and browser, under a salt of the day that all servers share. Neither
address nor browser is stored with it; when the salt is deleted, a day after its own, nobody can tell any more whose id
it was, nor test a guess. Source of the method: Plausible Analytics, "data policy".
"""

import asyncio
import base64
import hashlib
import ipaddress
import logging
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.ingestion.request import Opened, opened_events
from gooddata.ingestion.sender import Address
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.unusable import Unusable
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement

RENEW_SECONDS = 600.0

_DAY = timedelta(days=1)
_RENEW = statement(__package__, "renew_salts")

logger = logging.getLogger(__name__)


class DailySalts:
    """Call `renew()` once, then keep `run()` going. The next day's salt is fetched a day ahead, so that a log that
    is away at midnight keeps nobody out."""

    def __init__(self, raw_dsn: str) -> None:
        self._dsn = raw_dsn
        self._salts: dict[date, bytes] = {}

    def of(self, day: date) -> bytes | None:
        return self._salts.get(day)

    async def renew(self, today: date | None = None) -> None:
        """Makes or fetches the salts of today and tomorrow, and forgets those from before yesterday, everywhere."""
        today = today or datetime.now(UTC).date()
        self._salts = {day: salt for day, salt in self._salts.items() if day >= today - _DAY}
        days = [today, today + _DAY]
        connection = await open_connection(self._dsn, "gooddata_ingest")
        try:
            # A salt that another server has just made shows with a second look.
            for _ in range(2):
                rows = await connection.fetch(_RENEW, today - _DAY, days, [secrets.token_bytes(32) for _ in days])
                self._salts = dict(rows)
                if set(days) <= set(self._salts):
                    break
        finally:
            await connection.close(timeout=5)

    async def run(self) -> None:
        """Renews until cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self.renew()
            except UNAVAILABLE as failure:
                logger.warning("daily salts could not be renewed (%s); trying again", failure)


def daily_visitor(salt: bytes, project: str, address: Address | None, agent: str) -> str:
    """The visitor's id for the day of `salt`. Of an IPv6 address, the network that a household or a company has counts:
    browsers change the rest of it by themselves."""
    if isinstance(address, ipaddress.IPv6Address):
        address = ipaddress.IPv6Network((address, 64), strict=False).network_address
    sender = f"{project}\n{address}\n{agent}".encode()
    digest = hashlib.blake2b(sender, key=salt, digest_size=16).digest()
    return "cookieless." + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def with_daily_visitor(
    opened: Opened, clock: Clock, salts: DailySalts, project: str, address: Address | None, agent: str
) -> Opened:
    """A request's events with the id of the day on which the first of them happened, whatever visitor they name.

    The same events sent again, also after midnight, get the same id, so they count once. Raises Unusable (503) while
    there is no salt.
    """
    today = datetime.fromtimestamp(clock.received_at / 1000, UTC).date()
    happened = clock.settle([event.timestamp for event in (opened.usual or [])[:1]] or [None])[0]
    day = max(datetime.fromtimestamp(max(happened, 0) / 1000, UTC).date(), today - _DAY)
    salt = salts.of(day) or salts.of(today)
    if salt is None:
        raise Unusable(503, "unavailable", "no salt to tell visitors apart; send again later", retry_after="1")
    visitor = daily_visitor(salt, project, address, agent)
    stamped = opened_events(_stamped(opened.raw_events(), visitor), opened.write_key, opened.sent_at, opened.context)
    stamped.imported = opened.imported
    return stamped


def _stamped(events: Sequence[bytes], visitor: str) -> list[bytes]:
    """The last of equal names counts, and `visitor` before all others."""
    return [_with_visitor(event, visitor) for event in events]


def _with_visitor(event: bytes, visitor: str) -> bytes:
    inside = event.strip()
    if not (inside.startswith(b"{") and inside.endswith(b"}")):
        return event  # no object: to be refused
    inside = inside[1:-1].rstrip()
    return b'{%b%b"visitor":"%b"}' % (inside, b"," if inside.strip() else b"", visitor.encode())
