"""Who may ask: a read key opens its project, a signed-in browser what its account opens, and each has a role."""

import enum
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from gooddata.errors import GoodDataError
from gooddata.serving.sign_ins import BROWSER_LIFE, COOKIE, digest, make_link_token, use_link
from gooddata.sql import statement

__all__ = ["BROWSER_LIFE", "COOKIE", "Access", "Forbidden", "NotAllowed", "Opens", "Role", "TooMany", "make_link_token"]

# For so long after a one-time link has let a browser in, it may set a password without knowing the one there is.
LINK_SETS_PASSWORD = timedelta(hours=1)
KINDS = ("query", "export", "import")  # what a read key may be for; without any named, for all of it
_KEY_MEMORY_SECONDS = 5.0
_OF_BROWSER = statement(__package__, "of_browser")


class NotAllowed(GoodDataError):
    """The request carries no key or sign-in that opens what it asks for."""


class Forbidden(GoodDataError):
    """Who asks is known, and may not do this; or this server may not."""


class TooMany(GoodDataError):
    """Too many attempts; `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Role(enum.IntEnum):
    """Each may do what those before it may: look, make what is shared, rule."""

    VIEWER = 1
    ANALYST = 2
    OWNER = 3

    @classmethod
    def named(cls, name: str) -> "Role":
        return cls[name.upper()]


class Opens(msgspec.Struct, frozen=True):
    """What a request may do. Of a read key `project` is its own, and `kinds` what it is for, None for everything; of an
    account `project` is None and `projects` those that it opens, None for all."""

    project: str | None
    scope: str
    role: Role = Role.VIEWER
    projects: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    account: UUID | None = None
    email: str | None = None
    has_password: bool = False
    sets_password: bool = False

    def may_open(self, project: str) -> bool:
        """Whether the project's data may be read; that there is such a project is another question."""
        if self.project is not None:
            return project == self.project
        return self.projects is None or project in self.projects


def require(role: Role) -> Callable[[Opens], Awaitable[Opens]]:
    """A dependency for endpoints of those who have this role or more: `Provide(require(Role.ANALYST))` beside
    `Provide(opens)`. Raises Forbidden for others, and for read keys, which change nothing."""

    async def required(opens: Opens) -> Opens:
        return demand(opens, role)

    return required


def demand(opens: Opens, role: Role) -> Opens:
    """`opens` itself where it has the role. Raises Forbidden."""
    if opens.account is None:
        raise Forbidden("a read key does not open this; sign in to the dashboard")
    if opens.role < role:
        raise Forbidden(
            f"this takes the role {role.name.lower()}; yours is {opens.role.name.lower()}, an owner can change it"
        )
    return opens


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
                """SELECT project_id, scope, kinds FROM control.key
                   WHERE key_hash = $1 AND (expires_at IS NULL OR expires_at > now())""",
                digest(key),
            )
            if len(self._keys) > 10_000:
                self._keys.clear()
            kinds = None if row is None or row["kinds"] is None else frozenset(row["kinds"])
            opens = Opens(row["project_id"], row["scope"], kinds=kinds) if row else None
            known = time.monotonic() + _KEY_MEMORY_SECONDS, opens
            self._keys[key] = known
        return known[1]

    def forget_keys(self) -> None:
        """Looks every key up again: one was revoked."""
        self._keys.clear()

    async def of_browser(self, cookie: str) -> Opens | None:
        """What a signed-in browser opens, by its account as it is now."""
        row = await self._pool.fetchrow(_OF_BROWSER, digest(cookie), BROWSER_LIFE - LINK_SETS_PASSWORD)
        if row is None:
            return None
        return Opens(
            None,
            "read",
            role=Role.named(row["role"]),
            projects=None if row["projects"] is None else frozenset(row["projects"]),
            account=row["account_id"],
            email=row["email"],
            has_password=row["has_password"],
            sets_password=row["sets_password"],
        )

    async def use_link(self, token: str, before: str | None = None) -> str | None:
        """Turns a one-time link into a browser's cookie, in place of the one it had `before`; None when the link is
        unknown, used or too old."""
        return await use_link(self._pool, token, before)
