"""Where an event is now."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.params import Parameter

from gooddata.persistence.operator import asked_by, audit, operating
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.persistence.trace import Search, erased_until, find_event, rejections_with_id, uuid_of
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.owner.way import refused_way, stored_way
from gooddata.serving.store import Store

SECONDS = 10.0  # for which the log is searched

_APPLIED = "SELECT seq FROM analytics.cursor WHERE partition = $1"
_UNREADABLE = """SELECT reason FROM analytics.unreadable
                 WHERE partition = $1 AND seq = $2 AND place IN ($3, -1) ORDER BY place DESC LIMIT 1"""
_EVENT = """SELECT event_id, session_id, timestamp FROM analytics.event
            WHERE project_id = $1 AND event_id = $2 AND visitor = $3"""

EventId = Annotated[str, Parameter(min_length=1, max_length=512, description="as it was sent, or as raw.events has it")]
Visitor = Annotated[str | None, Parameter(max_length=512, description="whose it is: then it is found much sooner")]


@get("/trace")
async def trace(
    owner: Owner,
    project_id: str,
    store: Store,
    means: Means,
    pseudonyms: Pseudonyms,
    event: EventId,
    visitor: Visitor = None,
) -> dict[str, Any]:
    """Where an event is: `state` is applied, waiting, unreadable, replayed, rejected, erased or unknown; `why` says it
    in a sentence; `way` has the steps that it has gone, and those to come: received, stored, applied, counted, scored,
    or rejected and replayed, each with `done`, `text`, and `at` where a time is kept."""
    with asked_by(owner.name):
        async with operating(means.deeds.raw_dsn) as raw:
            await audit(raw, "trace event", project_id, detail={"event": uuid_of(project_id, event)})
            search = await find_event(raw, project_id, event, visitor, SECONDS)
            refused = await rejections_with_id(raw, project_id, event)
            subjects = [] if visitor is None else [pseudonyms.visitor(project_id, visitor)]
            erased = None if search.found else await erased_until(raw, project_id, subjects)
    answer = {"event": event, "rejections": refused, "batch": None, "seen": None, "session": None}
    if search.found is not None:
        return answer | await _stored(store, pseudonyms, project_id, search, refused)
    return answer | {"way": refused_way(refused)} | _missing(search, refused, erased)


async def _stored(
    store: Store, pseudonyms: Pseudonyms, project: str, search: Search, refused: list[dict[str, Any]]
) -> dict[str, Any]:
    found = search.found
    assert found is not None
    applied = await store.analytics.fetchval(_APPLIED, found.partition) or 0
    broken = await store.analytics.fetchval(_UNREADABLE, found.partition, found.seq, found.place)
    whose = pseudonyms.visitor(project, found.event.visitor)
    known = await store.analytics.fetchrow(_EVENT, project, UUID(uuid_of(project, found.event.id)), whose)
    if found.seq > applied:
        state, why = (
            "waiting",
            f"it is stored, and no worker has come to it: they have applied {applied:,} batches there",
        )
    elif broken is not None:
        state, why = "unreadable", f"it is stored, and a worker could not read it: {broken}"
    elif known is None:
        state, why = "applied", "it is stored and was applied; analytics keeps it no longer"
    else:
        state, why = "applied", "it is stored, was applied, and is in a session"
    return {
        "state": state,
        "why": why,
        "batch": {name: getattr(found, name) for name in ("partition", "seq", "place", "received_at")},
        "seen": {name: getattr(found.event, name) for name in ("type", "name", "timestamp")},
        "session": known and known["session_id"],
        "way": await stored_way(store, project, found, state, why, known, refused),
    }


def _missing(search: Search, refused: list[dict[str, Any]], erased: datetime | None) -> dict[str, Any]:
    if refused and refused[0]["replayed_at"] is None:
        newest = refused[0]
        where = f" at {newest['field']}" if newest["field"] else ""
        return {"state": "rejected", "why": f"it was refused: {newest['reason'].replace('_', ' ')}{where}"}
    if not search.whole:
        back = f"{search.looked_back_to:%Y-%m-%d %H:%M} UTC" if search.looked_back_to else "the newest batches"
        return {"state": "unknown", "why": f"it is not in what came in since {back}; name its visitor to look further"}
    if erased is not None:
        until = f"{erased:%Y-%m-%d %H:%M:%S} UTC"
        return {
            "state": "erased",
            "why": f"nothing is held of it: its visitor is erased, with all that is dated up to {until}",
        }
    if refused:
        return {"state": "replayed", "why": "it was refused, sent again and answered for; it is stored no longer"}
    return {
        "state": "unknown",
        "why": "nothing is held under this id: it did not arrive, was left out by a rule, is past its retention, or "
        "was erased with its visitor (name the visitor to know)",
    }
