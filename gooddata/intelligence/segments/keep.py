"""The standing job: segments are found anew every day, and new visitors put into them every hour.

It looks every minute whether that is due, or somebody was erased, or there are enough visitors now.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.intelligence.champions import Champion, Decision
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.segments.clusters import Places
from gooddata.intelligence.segments.decide import decide
from gooddata.intelligence.segments.segments import NO_GROUPS, Segments, fit
from gooddata.intelligence.segments.visits import DAYS, HABITS, NAMES, Matrix, Visit, by_visitor
from gooddata.intelligence.standing_models import (
    Fitted,
    Standing,
    abstain,
    begin,
    in_use,
    lock_out_erasures,
    looked,
    put,
)
from gooddata.intelligence.training.sample import trained_on
from gooddata.sql import statement

TASK = "segments"
_SECONDS = 60.0
_FIT_AFTER_MS = 23 * HOUR_MS + HOUR_MS // 2
# The latest visitors count, so many at most, and of each the newest sessions.
_VISITORS, _VISITS = 20_000, 100
_AT_ONCE = 500

_VISITORS_OF = statement(__package__, "visitors")
_VISITS_OF = statement(__package__, "visits")
_PUT_SEGMENT, _PUT_MEMBERS = statement(__package__, "put_segment"), statement(__package__, "put_members")
_FORGET_SEGMENTS = "DELETE FROM analytics.segment WHERE project_id = $1 AND NOT segment_id = ANY ($2::integer[])"
_FORGET_MEMBERS = "DELETE FROM analytics.segment_member WHERE project_id = $1 AND NOT visitor = ANY ($2::uuid[])"
_DESCRIBED = {
    "asked": "Of a visitor, once an hour",
    "gives": "a group",
    "asks": "with which other visitors do they behave alike?",
    "features": [
        {"name": each.name, "unit": "-", "meaning": each.said, "source": "sessions of 28 days"} for each in HABITS
    ],
}
_COUNT = (
    "UPDATE analytics.segment s SET size = (SELECT count(*) FROM analytics.segment_member m "
    "WHERE m.project_id = s.project_id AND m.segment_id = s.segment_id) WHERE s.project_id = $1"
)


class _Known(msgspec.Struct):
    """Visitors (n), their features (n, len(NAMES)), and whether their sessions are observed, simulated or both."""

    visitors: Sequence[Any]
    rows: Matrix
    trained_on: str


async def keep_segments(connection: Any, project: str) -> None:
    """Finds the project's segments anew if they are a day old or there were too few visitors for any, else puts new
    visitors into them, if it has not for an hour."""
    now = time.time_ns() // 1_000_000
    standing = await begin(connection, project, TASK)
    waits = standing.at is not None and now - standing.at < HOUR_MS and standing.reason in (None, NO_GROUPS)
    if not waits or standing.knows_the_erased:
        await keep_as_of(connection, project, now)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms. The connection's times are milliseconds."""
    standing = await begin(connection, project, TASK)
    champion = await in_use(connection, project, TASK, standing)
    former = _model(champion)
    if former is None or standing.is_due(now, _FIT_AFTER_MS):
        await _find(connection, project, now, standing, champion, former)
        return
    new = await _known(connection, project, now, only_new=True)
    ids = former.assign(new.rows)
    async with connection.transaction():
        await lock_out_erasures(connection)
        await _put_members(connection, project, new, ids)
        await connection.execute(_COUNT, project)
        await looked(connection, project, TASK, now, None)


async def _find(
    connection: Any, project: str, now: int, standing: Standing, champion: Champion | None, former: Segments | None
) -> None:
    known = await _known(connection, project, now, only_new=False)
    found = await asyncio.to_thread(fit, known.rows, now, former)
    if isinstance(found, str):
        async with connection.transaction():
            await connection.execute(_FORGET_SEGMENTS, project, [])
            await connection.execute(_FORGET_MEMBERS, project, [])
            await abstain(connection, project, TASK, standing, now, found)
        return
    decision = await asyncio.to_thread(decide, champion, former, found, known.rows, now)
    used = await asyncio.to_thread(_used, found, former, decision, known.rows)
    ids = await asyncio.to_thread(used.assign, known.rows)
    metrics = {
        "visitors": len(known.visitors),
        "segments": len(found.segments),
        "silhouette": found.number.silhouette,
        "stability": found.number.stability,
    }
    async with connection.transaction():
        await lock_out_erasures(connection)
        fitted = Fitted(
            trained_on=known.trained_on,
            features=list(NAMES),
            metrics=metrics,
            estimator=found.dumps(),
            described=_DESCRIBED,
        )
        if not await put(connection, project, TASK, standing, now, fitted, decision):
            return  # somebody who was learned from is erased: it is done again the next time
        for each in used.segments:
            portrait = each.portrait
            traits = msgspec.json.encode(portrait.traits).decode()
            await connection.execute(
                _PUT_SEGMENT, project, each.id, portrait.name, portrait.description, each.size, traits, each.since
            )
        await connection.execute(_FORGET_SEGMENTS, project, [each.id for each in used.segments])
        await connection.execute(_FORGET_MEMBERS, project, known.visitors)
        await _put_members(connection, project, known, ids)
        await connection.execute(_COUNT, project)
        await looked(connection, project, TASK, now, None)


def _used(found: Segments, former: Segments | None, decision: Decision, rows: Matrix) -> Segments:
    return found if decision.promote or former is None else former.seen_anew(rows)


def _model(champion: Champion | None) -> Segments | None:
    try:
        return Segments.loads(champion.estimator) if champion is not None and champion.estimator is not None else None
    except InputError:
        # Of other features: ids begin anew.
        return None


async def _known(connection: Any, project: str, now: int, *, only_new: bool) -> _Known:
    since = now - DAYS * DAY_MS
    found = [row["visitor"] for row in await connection.fetch(_VISITORS_OF, project, since, _VISITORS, only_new)]
    visits: list[Visit] = []
    simulated: set[bool] = set()
    for start in range(0, len(found), _AT_ONCE):
        for *values, made_up in await connection.fetch(
            _VISITS_OF, project, found[start : start + _AT_ONCE], since, _VISITS
        ):
            visits.append(Visit(*values))
            simulated.add(made_up)
    visitors, rows = await asyncio.to_thread(by_visitor, visits, now)
    return _Known(visitors, rows, trained_on(simulated))


async def _put_members(connection: Any, project: str, known: _Known, ids: Places) -> None:
    if len(ids):
        members = zip(known.visitors, ids.tolist(), strict=True)
        await connection.execute(_PUT_MEMBERS, project, *columns(members))


SEGMENTS = Job("segments", _SECONDS, keep_segments)
