"""Takes people out of sketches, within the transaction that erases them."""

from collections.abc import Iterable, Sequence
from typing import Any

from gooddata.intelligence.blocks.keep import remove_blocks
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.uniques.due import Hour, mark_due
from gooddata.intelligence.uniques.recount import day_of
from gooddata.sketch import HEAD_BYTES, count_of, mark_of, without
from gooddata.sql import statement

_HOLDING = statement(__package__, "holding")
_WHERE = "WHERE project_id = $1 AND dimension = $2 AND {moment} = $3 AND value = $4"
_PUT = "UPDATE analytics.{table} SET sketch = $5, visitors = $6 " + _WHERE
_REMOVE = "DELETE FROM analytics.{table} " + _WHERE


def hours_between(project: str, spans: Iterable[tuple[int, int]]) -> set[Hour]:
    """The hours that spans of time (epoch ms) touch."""
    return {(project, hour) for since, until in spans for hour in range(since // HOUR_MS, until // HOUR_MS + 1)}


async def strike(connection: Any, project: str, visitors: Sequence[bytes], hours: set[Hour]) -> int:
    """Takes `visitors` (the bytes of their pseudonyms) out of the sketches of `hours`, of their days, and of all times
    of which there are no events any more; how many sketches that changes. `lock_sketches` was called before.

    The hours are due afterwards: of those whose sketches are not exact, the numbers that others make are to be counted
    anew; and of visitors whose other visits stay, these are to be counted.
    """
    if not visitors:
        return 0
    heads = [visitor[:HEAD_BYTES] for visitor in visitors]
    moments = sorted(hour for _, hour in hours)
    holding = await connection.fetch(
        _HOLDING,
        project,
        [hour * HOUR_MS for hour in moments],
        sorted({day_of(hour) for hour in moments}),
        [mark_of(head) for head in heads],
    )
    for row in holding:
        table, moment = ("unique_day", "day") if row["is_day"] else ("unique_hour", "hour")
        key = (project, row["dimension"], row["at"], row["value"])
        left = without(row["sketch"], b"".join(heads))
        if left is None:
            await connection.execute(_REMOVE.format(table=table, moment=moment), *key)
        else:
            await connection.execute(_PUT.format(table=table, moment=moment), *key, left, count_of(left))
    await remove_blocks(connection, project, hours)
    await mark_due(connection, hours)
    return len(holding)
