"""Rejected events: why, how many, examples, and sending them again."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import Parameter

from gooddata.errors import InputError
from gooddata.persistence.operator import asked_by, audit, operating
from gooddata.persistence.rejections import newest_rejections, rejection_groups
from gooddata.serving.owner.means import Forbidden, Means
from gooddata.serving.owner.owner import Owner

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Page = Annotated[int, Parameter(ge=1, le=200, description="1 to 200 events a page")]
Cursor = Annotated[str | None, Parameter(description="`next` of the page before")]


class Again(msgspec.Struct, forbid_unknown_fields=True):
    """Which ones: all for a reason, received since a moment (ISO 8601, or a span as 7d), or all there are."""

    reason: str | None = None
    since: str | None = None


@get("/rejected")
async def rejected(
    owner: Owner, project_id: str, means: Means, reason: str | None = None, limit: Page = 20, cursor: Cursor = None
) -> dict[str, Any]:
    """Kept events that are refused still: how many by reason and field, and one page of them, the newest first."""
    before = None if cursor is None else _before(cursor)
    with asked_by(owner.name):
        async with operating(means.deeds.raw_dsn) as raw:
            await audit(raw, "read rejected", project_id, detail={"reason": reason})
            groups = await rejection_groups(raw, project_id)
            found = await newest_rejections(raw, project_id, reason, None, False, limit, before)
    found.reverse()
    more = len(found) == limit
    return {
        "groups": groups,
        "events": [each.shown() for each in found],
        "next": f"{(found[-1].received_at - _EPOCH) // timedelta(microseconds=1)}-{found[-1].id}" if more else None,
    }


@post("/rejected/replay", status_code=200)
async def replay(owner: Owner, project_id: str, means: Means, data: Again) -> dict[str, Any]:
    """Sends rejected events again, after what was wrong has been put right. `stopped` is what the API said where it
    refused to go on."""
    again = means.deeds.replay
    if again is None:
        raise Forbidden(
            "events are taken in by another process: set GOODDATA_INGEST_URL to its address and start this server again"
        )
    with asked_by(owner.name):
        report, stopped = await again(project_id, data.reason, data.since)
    return msgspec.to_builtins(report) | {"stopped": stopped}


def _before(cursor: str) -> tuple[datetime, int]:
    try:
        at, number = (int(part) for part in cursor.split("-"))
        return _EPOCH + timedelta(microseconds=at), number
    except (ValueError, OverflowError):
        raise InputError("the cursor is not one that a page before has given", "cursor") from None
