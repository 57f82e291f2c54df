"""One-time links and signed-in browsers: secrets that the database keeps hashes of."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

COOKIE = "gooddata_session"
LINK_LIFE = timedelta(hours=24)
BROWSER_LIFE = timedelta(days=30)
FIRST_OWNER = "owner@localhost"

_END = "DELETE FROM control.sign_in WHERE token_hash = $1 AND kind = 'browser'"


async def make_link_token(connection: Any, account: UUID | None = None) -> str:
    """A new one-time token for `/sign-in?token=`: of the account, or of the first owner, who is made when there is
    none."""
    return await _keep(connection, "link", LINK_LIFE, account or await first_owner(connection))


async def first_owner(connection: Any) -> UUID:
    """The owner who has been there longest; made, without a password, on an installation that has none."""
    find = "SELECT account_id FROM control.account WHERE role = 'owner' ORDER BY created_at, account_id LIMIT 1"
    if (found := await connection.fetchval(find)) is None:
        await connection.execute(
            "INSERT INTO control.account (account_id, email, role) VALUES ($1, $2, 'owner') ON CONFLICT DO NOTHING",
            uuid4(),
            FIRST_OWNER,
        )
        found = await connection.fetchval(find)
    return found


async def use_link(pool: asyncpg.Pool, token: str, before: str | None) -> str | None:
    """A browser's cookie for a link, which is used up; None when it is unknown, used or too old."""
    async with pool.acquire() as connection, connection.transaction():
        account = await connection.fetchval(
            """DELETE FROM control.sign_in
               WHERE token_hash = $1 AND kind = 'link' AND expires_at > now() RETURNING account_id""",
            digest(token),
        )
        await connection.execute("DELETE FROM control.sign_in WHERE expires_at < now()")
        return await sign_in_browser(connection, account, before, by_link=True) if account else None


async def sign_in_browser(connection: Any, account: UUID, before: str | None, *, by_link: bool = False) -> str:
    """A new cookie, always: what the browser held `before` lets nobody in any more."""
    if before:
        await connection.execute(_END, digest(before))
    return await _keep(connection, "browser", BROWSER_LIFE, account, by_link)


async def sign_out(connection: Any, cookie: str) -> None:
    await connection.execute(_END, digest(cookie))


async def end_all(connection: Any, account: UUID) -> None:
    """Signs every browser of the account out, and makes its links worthless."""
    await connection.execute("DELETE FROM control.sign_in WHERE account_id = $1", account)


def digest(secret: str) -> bytes:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


async def _keep(connection: Any, kind: str, life: timedelta, account: UUID, by_link: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    await connection.execute(
        "INSERT INTO control.sign_in (token_hash, kind, expires_at, account_id, by_link) VALUES ($1, $2, $3, $4, $5)",
        digest(token),
        kind,
        datetime.now(UTC) + life,
        account,
        by_link,
    )
    return token
