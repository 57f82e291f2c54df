"""One id for each request: the sender's own, where it is well-formed, or a new one."""

import itertools
import re
import secrets
from contextvars import ContextVar

HEADER = b"x-request-id"

_WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}").fullmatch
# Random for each process, then a number: no two processes make the same, and making one costs next to nothing.
_PREFIX = secrets.token_hex(8)
_numbers = itertools.count(1)

current: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that is being answered, where that is known: log lines and errors tell it."""


def request_id(sent: bytes | None) -> str:
    """The id of a request that came with `sent` in its header."""
    if sent is not None and _WELL_FORMED(sent):
        return sent.decode("ascii")
    return f"{_PREFIX}-{next(_numbers):x}"
