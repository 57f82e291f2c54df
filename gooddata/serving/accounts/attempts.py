"""How often somebody may try to sign in: kept in the database, so that neither a restart nor another server forgets."""

import ipaddress
from datetime import timedelta
from uuid import UUID

import asyncpg

from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.serving.access import TooMany
from gooddata.sql import statement

SPAN = timedelta(minutes=15)
OF_ACCOUNT = 10  # attempts in a span with one e-mail address, whether there is such an account or not
OF_ADDRESS = 30  # from one network address; of IPv6 from one /64, which one machine commonly has to itself

_TAKE = statement(__package__, "take_attempt")
_FORGET = statement(__package__, "forget_attempts")
_GIVE_BACK = "UPDATE control.sign_in_attempt SET attempts = greatest(attempts - 1, 0) WHERE subject = $1"


class Attempts:
    """Counts attempts before a password is looked at, so that many at once are not more than one after the other."""

    def __init__(self, pool: asyncpg.Pool, pseudonyms: Pseudonyms) -> None:
        self._pool, self._pseudonyms = pool, pseudonyms

    async def take(self, email: str, address: str) -> None:
        """Counts an attempt. Raises TooMany, with the seconds to wait. An address that may not try is not counted
        against accounts: it could otherwise lock out more of them, and fill the table."""
        await self._pool.execute(_FORGET)
        await self._count(self._of_address(address), OF_ADDRESS)
        await self._count(self._of_email(email), OF_ACCOUNT)

    async def succeeded(self, email: str, address: str) -> None:
        """The password was right: what was tried with this account is over, and the address has one attempt more."""
        await self._pool.execute("DELETE FROM control.sign_in_attempt WHERE subject = $1", self._of_email(email))
        await self._pool.execute(_GIVE_BACK, self._of_address(address))

    async def _count(self, subject: UUID, most: int) -> None:
        row = await self._pool.fetchrow(_TAKE, subject, SPAN)
        if row["attempts"] > most:
            wait = max(1, row["seconds"])
            minutes = -(-wait // 60)
            raise TooMany(f"too many attempts to sign in; try again in {minutes} min, or use a one-time link", wait)

    def _of_email(self, email: str) -> UUID:
        return self._pseudonyms.attempt("account", email)

    def _of_address(self, address: str) -> UUID:
        return self._pseudonyms.attempt("address", network(address))


def network(address: str) -> str:
    """What is counted as one sender: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
