"""The way of one event, step by step: what has happened to it, when, and what is still to come."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gooddata.persistence.trace import Place
from gooddata.serving.store import Store
from gooddata.sql import statement

_SCORES = statement("gooddata.serving.queries", "scores_of_session")
_COUNTED = """SELECT EXISTS (
    SELECT FROM analytics.rollup_minute
    WHERE project_id = $1 AND dimension = '' AND minute = date_trunc('minute', $2::timestamptz))"""
_HOLDER = "SELECT owner, seq, caught_up_at FROM analytics.cursor WHERE partition = $1"

Step = dict[str, Any]


def step(name: str, done: bool, text: str, at: datetime | None = None) -> Step:
    """`at` is None where no time is kept, or it has not happened."""
    return {"step": name, "done": done, "at": at, "text": text}


async def stored_way(
    store: Store, project: str, found: Place, state: str, why: str, known: Any, rejections: list[dict[str, Any]]
) -> list[Step]:
    """Of an event that the log has; `known` is its row in analytics, if there is one."""
    received = datetime.fromtimestamp(found.event.received_at / 1_000, UTC)
    place = f"in partition {found.partition}, batch {found.seq:,}, place {found.place}"
    way = refused_way(rejections)
    way += [
        step("received", True, "taken in, checked and found to be new", received),
        step("stored", True, f"on disk {place}", found.received_at),
    ]
    if state == "unreadable":
        return [*way, step("applied", False, why)]
    holder = await store.analytics.fetchrow(_HOLDER, found.partition)
    if state == "waiting":
        return [*way, step("applied", False, _waits(holder, found)), *_to_come()]
    way.append(step("applied", True, "a worker has read it; it is now " + _stands(holder)))
    if known is None:
        return [
            *way,
            step("counted", True, "analytics keeps the event itself no longer, and its counts for their term"),
        ]
    counted = await store.analytics.fetchval(_COUNTED, project, known["timestamp"])
    minute = known["timestamp"].replace(second=0, microsecond=0)
    told = "in the counts of its minute" if counted else "its minute has no counts: they are past their term"
    way.append(step("counted", counted, told, minute if counted else None))
    way.append(await _scored(store, project, known["session_id"], UUID(str(known["event_id"]))))
    return way


def refused_way(rejections: list[dict[str, Any]]) -> list[Step]:
    """Of each time that it was refused, the oldest first."""
    way = []
    for each in reversed(rejections):
        where = f" at {each['field']}" if each["field"] else ""
        text = f"refused: {each['reason'].replace('_', ' ')}{where}"
        way.append(step("rejected", True, text, each["received_at"]))
        if each["replayed_at"] is not None:
            way.append(step("replayed", True, "sent again after that", each["replayed_at"]))
    return way


def _waits(holder: Any, found: Place) -> str:
    if holder is None or holder["owner"] is None:
        return "no worker holds its partition"
    return f"the worker {holder['owner']} is {_stands(holder)}: {found.seq - holder['seq']:,} to go"


def _stands(holder: Any) -> str:
    if holder is None:
        return "unknown how far"
    upto = f", received {holder['caught_up_at']:%Y-%m-%d %H:%M:%S} UTC" if holder["caught_up_at"] else ""
    return f"at batch {holder['seq']:,}{upto}"


def _to_come() -> list[Step]:
    return [step("counted", False, "when it is applied"), step("scored", False, "when it is applied")]


async def _scored(store: Store, project: str, session: UUID, event: UUID) -> Step:
    rows = await store.analytics.fetch(_SCORES, project, session)
    if not rows:
        return step("scored", False, "its session has no scores, or they are past their term")
    newest = max(rows, key=lambda row: row["computed_at"])
    told = ", ".join(
        f"{row['task']} {row['score']:.2f}" if row["score"] is not None else f"{row['task']}: {row['reason']}"
        for row in rows
    )
    which = "with it as the newest event" if newest["last_event"] == event else "with later events of its session, too"
    return step("scored", True, f"{which}: {told}", newest["computed_at"])
