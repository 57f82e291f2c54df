"""Connections that wear a role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError


async def open_pool(dsn: str, role: str, *, size: int = 4, **options: Any) -> asyncpg.Pool:
    """A pool of up to `size` connections to `dsn`, each confined to `role` from its first statement on.

    Raises ConfigurationError when the database cannot be reached or does not know the role.
    """
    with _explained():
        return await asyncpg.create_pool(dsn, min_size=1, max_size=size, server_settings=_worn(role), **options)


# The server's process notices within 25 seconds that nobody is at the other end any more.
_SHORT_LIVED = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


async def open_connection(dsn: str, role: str, *, lingers: bool = True) -> asyncpg.Connection:
    """One connection, confined to `role`; with `lingers` off, the server gives it up soon after this end is lost.

    Raises ConfigurationError as `open_pool` does.
    """
    with _explained():
        return await asyncpg.connect(dsn, server_settings=_worn(role) | ({} if lingers else _SHORT_LIVED))


def _worn(role: str) -> dict[str, str]:
    return {"role": role, "application_name": role, "timezone": "UTC"}


@contextmanager
def _explained() -> Iterator[None]:
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
