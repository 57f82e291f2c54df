"""The part of the API that is about segments by rule: what they are, how large, and who is in them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from litestar.response import Stream

from gooddata.errors import InputError
from gooddata.serving.access import Opens, Role, demand
from gooddata.serving.alerts_api import changeable
from gooddata.serving.api import opens as provide_opens
from gooddata.serving.api import provide_project
from gooddata.serving.columns.answers import Columns
from gooddata.serving.explore_api import Zone
from gooddata.serving.period import Period, moment_or_now, period
from gooddata.serving.segments import rules
from gooddata.serving.segments.members import FORMATS, MOST_MEMBERS, cursor_of, place_of, written
from gooddata.serving.segments.rules import SegmentRule
from gooddata.serving.store import Store

Cursor = Annotated[str | None, Parameter(max_length=100, description="X-GoodData-Next of the answer before")]
From = Annotated[str | None, Parameter(query="from", description="ISO 8601 or epoch milliseconds")]
Until = Annotated[str | None, Parameter(query="to", description="ISO 8601 or epoch milliseconds; now by default")]

USUAL = timedelta(days=30)


def provide_days(start: From = None, end: Until = None) -> Period:
    """The 30 days up to `to`, where no `from` is given."""
    try:
        return period(start or (moment_or_now(end, "to") - USUAL).isoformat(), end)
    except OverflowError:
        raise InputError("to is before there were any days", "to") from None


@get("/")
async def all_rules(project_id: str, opens: Opens, store: Store) -> dict[str, Any]:
    """Every segment by rule, by name. Who made and changed it is told to those who are signed in."""
    found = await rules.list_rules(store.analytics, project_id)
    if opens.account is None:
        found = [each | {"made_by": None, "changed_by": None} for each in found]
    return {"rules": found}


@post("/")
async def add_rule(changeable: str, opens: Opens, store: Store, data: SegmentRule) -> dict[str, Any]:
    """Keeps a segment: who had a session within so many days that passes all of its filters."""
    return {"segment": await rules.put_rule(store.analytics, changeable, data, opens.account)}


@put("/{segment_id:uuid}")
async def change_rule(
    changeable: str, opens: Opens, store: Store, segment_id: UUID, data: SegmentRule
) -> dict[str, Any]:
    """Puts a segment in the place of the one that is there."""
    if await rules.put_rule(store.analytics, changeable, data, opens.account, segment_id) is None:
        raise NotFoundException("there is no such segment")
    return {"segment": segment_id}


@delete("/{segment_id:uuid}")
async def remove_rule(changeable: str, store: Store, segment_id: UUID) -> None:
    """Deletes a segment. Nothing else goes with it."""
    if not await rules.remove_rule(store.analytics, changeable, segment_id):
        raise NotFoundException("there is no such segment")


@get("/{segment_id:uuid}/size")
async def size(
    project_id: str, segment_days: Period, store: Store, columns: Columns, segment_id: UUID, tz: Zone = "UTC"
) -> dict[str, Any]:
    """How many visitors are in the segment on each day of the period: had such a session within the days that end with
    it. Exact."""
    rule = await _rule(store, project_id, segment_id)
    told = await columns.segment_sizes(project_id, segment_days, rule["days"], tz, rules.conditions_of(rule))
    return {"segment": segment_id} | told


@get("/{segment_id:uuid}/members", kind="export")
async def members(
    project_id: str,
    opens: Opens,
    store: Store,
    columns: Columns,
    segment_id: UUID,
    form: Annotated[str, Parameter(query="format", description="ndjson or csv")] = "ndjson",
    limit: Annotated[int, Parameter(ge=1, le=MOST_MEMBERS)] = MOST_MEMBERS,
    cursor: Cursor = None,
    tz: Zone = "UTC",
) -> Stream:
    """Who is in the segment now, by keyed hash: when last seen in such a session, how many of them, the scores of the
    newest session, what is expected of the visitor. For analysts, owners and read keys that may export."""
    if opens.account is not None:
        demand(opens, Role.ANALYST)
    if form not in FORMATS:
        raise InputError(f"format must be one of {', '.join(FORMATS)}", "format")
    after = None if cursor is None else place_of(cursor)
    rule = await _rule(store, project_id, segment_id)
    now = datetime.now(UTC)
    found, missing = await columns.segment_members(project_id, now, rule["days"], tz, rules.conditions_of(rule))
    left = found if after is None else found.after(after)
    told = left.part(0, limit)
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="segment-{segment_id}.{form}"',
        "x-gooddata-members": str(len(found.visitor)),
    }
    if missing:
        headers["x-gooddata-partial"] = msgspec.json.encode(missing).decode()
    if len(left.visitor) > limit:
        headers["x-gooddata-next"] = cursor_of(told)
    return Stream(written(store.analytics, project_id, told, form), headers=headers, media_type=FORMATS[form])


async def _rule(store: Store, project: str, segment: UUID) -> dict[str, Any]:
    found = await rules.list_rules(store.analytics, project, segment)
    if not found:
        raise NotFoundException("there is no such segment")
    return found[0]


def router() -> Router:
    return Router(
        "/api/segments/rules",
        route_handlers=[all_rules, add_rule, change_rule, remove_rule, size, members],
        dependencies={
            "opens": Provide(provide_opens),
            "project_id": Provide(provide_project),
            "changeable": Provide(changeable),
            "segment_days": Provide(provide_days, sync_to_thread=False),
        },
    )
