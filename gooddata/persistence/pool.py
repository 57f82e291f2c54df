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


async def open_connection(dsn: str, role: str) -> asyncpg.Connection:
    """One connection, confined to `role`. Raises ConfigurationError as `open_pool` does."""
    with _explained():
        return await asyncpg.connect(dsn, server_settings=_worn(role))


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
