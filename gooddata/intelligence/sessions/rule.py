"""What a session is: a visitor's events without a gap of more than 30 minutes, and no longer than 24 hours."""

import uuid

from asyncpg.pgproto.pgproto import UUID

GAP_MS = 30 * 60_000
LONGEST_MS = 24 * 3_600_000


def begins_session(at: int, started_at: int, last_at: int) -> bool:
    """Whether an event at `at` no longer belongs to the session of that start and end, being later than both."""
    return at - last_at > GAP_MS or at - started_at > LONGEST_MS


def session_id(project: str, visitor: uuid.UUID, started_at: int) -> UUID:
    """The same start of the same visitor gives the same id, whoever computes it, however often."""
    return UUID(uuid.uuid5(visitor, f"{project}\n{started_at}").bytes)
