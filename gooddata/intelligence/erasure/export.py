"""All that is held of one person, to give it to them."""

import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from gooddata.intelligence.erasure.erase import sessions_of
from gooddata.intelligence.erasure.search import search
from gooddata.persistence.erasure.log import events_in
from gooddata.persistence.erasure.person import Tombstone
from gooddata.persistence.erasure.rejections import rejections_of
from gooddata.persistence.operator import audit
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.sql import statement

_HELD = statement(__package__, "held")


async def held_of(
    raw: Any, analytics: Any, pseudonyms: Pseudonyms, project: str, *, visitor: str | None, user: str | None
) -> AsyncIterator[tuple[str, Any]]:
    """Everything, row by row: the table's name, and the row. Connections as for `erase`.

    Raises InputError when there is no such project.
    """
    until = int(time.time() * 1_000)
    found = await search(raw, analytics, pseudonyms, project, visitor=visitor, user=user, until=until, each=_nothing)
    await audit(raw, "export", project, found.subject)
    for place in sorted(found.places):
        for row in await events_in(raw, project, place, found.people.holds):
            yield "raw.events", row
    async for rows in rejections_of(raw, project, found.names, found.people.holds):
        for row in rows:
            texts = {name: (row[name] or b"").decode(errors="replace") for name in ("body", "context")}
            yield "raw.rejection", dict(row) | texts
    sessions = [row["session_id"] for row in await sessions_of(analytics, project, found.whom, until)]
    held = await analytics.fetch(_HELD, project, sessions, list(found.whom.visitors), list(found.whom.users))
    for table, row in held:
        yield table, msgspec.Raw(row.encode())


async def _nothing(tombstones: list[Tombstone]) -> None:
    """Who is only looked for stays."""
