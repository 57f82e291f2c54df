"""Keeps the blocks of hours, within the transactions that count or erase them.

uniques/recount.py says why a block of an hour that is not due is of all its events.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from gooddata.blocks.block import encode
from gooddata.blocks.read import is_large, read_block
from gooddata.intelligence.uniques.due import Hour
from gooddata.sql import statement

_PUT = statement(__package__, "put_block")
_REMOVE = "DELETE FROM analytics.block WHERE project_id = $1 AND hour = to_timestamp($2::double precision)"
_REMOVE_SOME = (
    "DELETE FROM analytics.block WHERE project_id = $1 "
    "AND hour IN (SELECT to_timestamp(hour) FROM unnest($2::double precision[]) AS gone (hour))"
)


async def put_block(connection: Any, project: str, start: int) -> None:
    """Makes the block of the hour that begins at `start` (epoch seconds) what its events say now."""
    block = await read_block(connection, project, start, await is_large(connection, project, start))
    if block is None:
        await connection.execute(_REMOVE, project, float(start))
        return
    body = await asyncio.to_thread(encode, block)
    await connection.execute(_PUT, project, float(start), block.events, body)


async def remove_block(connection: Any, project: str, start: int) -> None:
    """Of an hour whose events are, in part, past their term."""
    await connection.execute(_REMOVE, project, float(start))


async def remove_blocks(connection: Any, project: str, hours: Iterable[Hour]) -> None:
    """Somebody is erased from these hours, which are due: until they are counted, there are no blocks of them."""
    await connection.execute(_REMOVE_SOME, project, [hour * 3_600.0 for _, hour in hours])
