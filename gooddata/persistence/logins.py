"""Logins on the embedded server: each process that `gooddata up` starts can do what its roles may, and no more."""

import secrets
from collections.abc import Sequence

import asyncpg

_FORMER = """SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE member = to_regrole($1)"""


async def make_login(owner_dsn: str, login: str, roles: Sequence[str]) -> str:
    """The new password of `login`, which is a member of `roles` from now on, and of nothing else.

    It is made at every start and kept nowhere. The names are this program's own.
    """
    password = secrets.token_urlsafe(24)
    connection = await asyncpg.connect(owner_dsn)
    try:
        async with connection.transaction():
            if not await connection.fetchval("SELECT to_regrole($1) IS NOT NULL", login):
                await connection.execute(f"CREATE ROLE {login} LOGIN")
            former = {row[0] for row in await connection.fetch(_FORMER, login)}
            await connection.execute(f"ALTER ROLE {login} PASSWORD '{password}'")
            for role in former - set(roles):
                await connection.execute(f"REVOKE {role} FROM {login}")
            await connection.execute(f"GRANT {', '.join(roles)} TO {login}")
    finally:
        await connection.close()
    return password
