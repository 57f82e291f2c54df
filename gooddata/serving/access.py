"""Who may ask: a read key opens its project; a browser that used a one-time link opens all projects of its owner."""

import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from gooddata.errors import GoodDataError

COOKIE = "gooddata_session"
LINK_LIFE = timedelta(hours=24)
BROWSER_LIFE = timedelta(days=30)
_KEY_MEMORY_SECONDS = 5.0


class NotAllowed(GoodDataError):
    """The request carries no key or sign-in that opens what it asks for."""


class Opens(msgspec.Struct, frozen=True):
    """What a request may read: one project, or every project where `project` is None; `scope` is the key's."""

    project: str | None
    scope: str


class Access:
    """Checks keys, sign-in links and signed-in browsers against the control tables."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._keys: dict[str, tuple[float, Opens | None]] = {}

    async def of_key(self, key: str) -> Opens | None:
        """What a key opens, remembered for a few seconds; None for an unknown or expired one."""
        known = self._keys.get(key)
        if known is None or known[0] < time.monotonic():
            row = await self._pool.fetchrow(
                """SELECT project_id, scope FROM control.key
                   WHERE key_hash = $1 AND (expires_at IS NULL OR expires_at > now())""",
                digest(key),
            )
            if len(self._keys) > 10_000:
                self._keys.clear()
            known = time.monotonic() + _KEY_MEMORY_SECONDS, Opens(row["project_id"], row["scope"]) if row else None
            self._keys[key] = known
        return known[1]

    async def of_browser(self, cookie: str) -> Opens | None:
        """What a signed-in browser opens."""
        there = await self._pool.fetchval(
            "SELECT true FROM control.sign_in WHERE token_hash = $1 AND kind = 'browser' AND expires_at > now()",
            digest(cookie),
        )
        return Opens(None, "read") if there else None

    async def use_link(self, token: str) -> str | None:
        """Turns a one-time link into a browser's cookie; None when the link is unknown, used or too old."""
        async with self._pool.acquire() as connection, connection.transaction():
            used = await connection.fetchval(
                """DELETE FROM control.sign_in
                   WHERE token_hash = $1 AND kind = 'link' AND expires_at > now() RETURNING true""",
                digest(token),
            )
            await connection.execute("DELETE FROM control.sign_in WHERE expires_at < now()")
            return await _keep(connection, "browser", BROWSER_LIFE) if used else None


async def make_link_token(connection: asyncpg.Connection) -> str:
    """A new one-time token for `/sign-in?token=`."""
    return await _keep(connection, "link", LINK_LIFE)


def digest(secret: str) -> bytes:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).digest()


async def _keep(connection: asyncpg.Connection, kind: str, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    await connection.execute(
        "INSERT INTO control.sign_in (token_hash, kind, expires_at) VALUES ($1, $2, $3)",
        digest(token),
        kind,
        datetime.now(UTC) + life,
    )
    return token
