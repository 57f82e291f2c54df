"""Connections that wear a role."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError


async def open_pool(dsn: str, role: str, *, size: int = 4, **options: Any) -> asyncpg.Pool:
    """A pool of up to `size` connections to `dsn`, each confined to `role` from its first statement on.

    Raises ConfigurationError when the database cannot be reached, does not know the role, or does not let the login of
    the DSN take it.
    """
    with _explained(role):
        return await asyncpg.create_pool(dsn, min_size=1, max_size=size, server_settings=_worn(role), **options)


_AGAIN_SECONDS = 0.1

# The server's process notices within 25 seconds that nobody is at the other end any more.
_SHORT_LIVED = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


async def open_connection(
    dsn: str, role: str, *, name: str | None = None, lingers: bool = True, patience: float = 0.0
) -> asyncpg.Connection:
    """One connection, confined to `role`; with `lingers` off, the server gives it up soon after this end is lost.

    It waits `patience` seconds for a server that is just starting or stopping. `name` is what the server's own view of
    its connections calls this one, in place of the role. Raises ConfigurationError as `open_pool` does.
    """
    worn = _worn(role) | ({"application_name": name} if name else {}) | ({} if lingers else _SHORT_LIVED)
    deadline = asyncio.get_running_loop().time() + patience
    with _explained(role):
        while True:
            try:
                return await asyncpg.connect(dsn, server_settings=worn)
            except asyncpg.CannotConnectNowError:
                if asyncio.get_running_loop().time() >= deadline:
                    raise
            await asyncio.sleep(_AGAIN_SECONDS)


def _worn(role: str) -> dict[str, str]:
    return {"role": role, "application_name": role, "timezone": "UTC"}


@contextmanager
def _explained(role: str) -> Iterator[None]:
    try:
        yield
    except (OSError, asyncpg.CannotConnectNowError) as failure:
        raise ConfigurationError(
            f"the database does not answer ({failure}); is it running, is its DSN right?"
        ) from None
    except asyncpg.InvalidCatalogNameError as failure:
        raise ConfigurationError(f"{failure}; create it, or run: gooddata migrate") from None
    except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedObjectError) as failure:
        raise ConfigurationError(f"{failure}; run: gooddata migrate") from None
    except asyncpg.InsufficientPrivilegeError as failure:
        raise ConfigurationError(
            f"{failure}: this work takes the DSN of a login that is a member of {role}; see docs/deploy.md"
        ) from None
    except asyncpg.InvalidAuthorizationSpecificationError as failure:
        raise ConfigurationError(f"the database refuses the login of its DSN ({failure})") from None
