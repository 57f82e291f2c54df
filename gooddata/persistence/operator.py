"""The operator's connections: what people do with raw, each use written down in raw.audit."""

import getpass
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from gooddata.errors import ConfigurationError
from gooddata.persistence.pool import open_connection

ROLE = "gooddata_operator"
_asking: ContextVar[str | None] = ContextVar("asking", default=None)
_AUDIT = "INSERT INTO raw.audit (actor, action, project_id, subject, detail) VALUES ($1, $2, $3, $4, $5)"


@asynccontextmanager
async def operating(raw_dsn: str) -> AsyncIterator[Any]:
    """A connection to the raw database that wears the operator's role.

    Raises ConfigurationError when the database does not answer.
    """
    try:
        connection = await open_connection(raw_dsn, ROLE)
    except asyncpg.PostgresError as failure:
        raise ConfigurationError(f"the raw database does not answer ({failure}); is gooddata up running?") from None
    try:
        yield connection
    finally:
        await connection.close()


async def audit(
    connection: Any, action: str, project: str | None, subject: UUID | None = None, detail: Any = None
) -> None:
    """Writes down that whoever asks does `action`: this account on this machine, unless `asked_by` says otherwise."""
    text = msgspec.json.encode(detail if detail is not None else {}).decode()
    await connection.execute(_AUDIT, actor(), action, project, subject, text)


@contextmanager
def asked_by(name: str) -> Iterator[None]:
    """Within it, `name` is who is written down: for what somebody asks of a server."""
    token = _asking.set(name)
    try:
        yield
    finally:
        _asking.reset(token)


def actor() -> str:
    if (asking := _asking.get()) is not None:
        return f"{asking}@{socket.gethostname()}"
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = "unknown"
    return f"{account}@{socket.gethostname()}"
