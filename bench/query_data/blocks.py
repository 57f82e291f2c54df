"""The hours' blocks, by which the query API answers: made by the worker's own code from what is stored."""

from collections.abc import Callable, Iterable
from typing import Any

from gooddata.blocks.block import HOUR_SECONDS
from gooddata.intelligence.blocks.keep import put_block

DAY_HOURS = 24
_DUE = (
    "SELECT extract(epoch FROM d.hour)::bigint FROM analytics.unique_due d "
    "JOIN analytics.unique_hour u ON u.project_id = d.project_id AND u.hour = d.hour AND u.dimension = '' "
    "WHERE d.project_id = $1 ORDER BY d.hour"
)
_DONE = "DELETE FROM analytics.unique_due WHERE project_id = $1 AND hour = to_timestamp($2::double precision)"


async def write_blocks(connection: Any, project: str, starts: Iterable[int]) -> None:
    """Writes the blocks of the hours that begin at `starts` (epoch seconds)."""
    for start in starts:
        await put_block(connection, project, start)


def hours_of_day(start: int) -> range:
    """The hours (epoch seconds) of the day that begins at `start` (epoch seconds)."""
    return range(start, start + DAY_HOURS * HOUR_SECONDS, HOUR_SECONDS)


async def write_due_blocks(connection: Any, project: str, tell: Callable[[str], None]) -> int:
    """Writes the blocks that a migration has made due, of data from before; how many. Since the filling nothing has
    changed, so that there is nothing else to count in these hours."""
    due = [row[0] for row in await connection.fetch(_DUE, project)]
    for number, start in enumerate(due):
        async with connection.transaction():
            await put_block(connection, project, start)
            await connection.execute(_DONE, project, float(start))
        if number % (10 * DAY_HOURS) == 0:
            tell(f"block {number + 1:,} of {len(due):,}")
    return len(due)
