"""The standing job: looks at a project's sessions that are new or went on, and learns what is usual every six hours."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from sklearn.metrics import roc_auc_score

from gooddata.errors import InputError
from gooddata.intelligence.automated.behaviour import NAMES
from gooddata.intelligence.automated.conduct import Watched
from gooddata.intelligence.automated.detector import Detector, Found, abstains
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.standing_models import abstain, begin, lock_out_erasures, looked, newest, put
from gooddata.intelligence.training.sample import facts_of_sessions, trained_on
from gooddata.sql import statement

TASK = "automation"
_SECONDS = 60.0
_FIT_AFTER_MS = 6 * HOUR_MS
# How far back sessions count, and how many of them at most are learned from, or looked at in one go.
_DAYS, _LEARNED_FROM, _LOOKED_AT = 28, 3_000, 2_000
_FACTS = 200  # of a session, the first
_AT_ONCE = 500
_LABELS_NEEDED = 20

_SESSIONS = statement(__package__, "sessions")
_PUT = statement(__package__, "put")

Rows = Sequence[Any]


async def keep_automation(connection: Any, project: str) -> None:
    """Looks at what is new in the project, on a connection whose times are milliseconds."""
    await keep_as_of(connection, project, time.time_ns() // 1_000_000)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms."""
    standing = await begin(connection, project, TASK)
    if not standing.is_due(now, _FIT_AFTER_MS):
        kept = await newest(connection, project, TASK)
        try:
            detector = Detector.loads(kept) if kept is not None else None
        except InputError:
            # Of another version of the library, or of these features.
            detector = None
        if detector is not None:
            await _look(connection, project, now, detector)
            return
    rows = await connection.fetch(_SESSIONS, project, _LEARNED_FROM, now - _DAYS * DAY_MS, False)
    reason = abstains(sum(not row["automated"] for row in rows))
    if reason is not None:
        await abstain(connection, project, TASK, standing, now, reason)
        return
    sessions = await _watched(connection, project, rows)
    detector = await asyncio.to_thread(Detector.fit, sessions)
    found = await asyncio.to_thread(detector.look, sessions)
    fitted = (trained_on(row["simulated"] for row in rows), list(NAMES), metrics(sessions, found), detector.dumps())
    async with connection.transaction():
        await lock_out_erasures(connection)
        if not await put(connection, project, TASK, standing, now, fitted):
            return  # somebody who was learned from is erased: it is done again the next time
        await _keep(connection, project, rows, found)
        await looked(connection, project, TASK, now, None)
    await _look(connection, project, now, detector)


async def _look(connection: Any, project: str, now: int, detector: Detector) -> None:
    rows = await connection.fetch(_SESSIONS, project, _LOOKED_AT, now - DAY_MS, True)
    found = await asyncio.to_thread(detector.look, await _watched(connection, project, rows))
    async with connection.transaction():
        await lock_out_erasures(connection)
        await _keep(connection, project, rows, found)
        await looked(connection, project, TASK, now, None)


async def _watched(connection: Any, project: str, rows: Rows) -> list[Watched]:
    sessions: list[Watched] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        facts = await facts_of_sessions(connection, project, some, _FACTS)
        sessions += [
            Watched(row["session_id"], row["visitor"], row["started_at"], row["automated"], own, row["earlier"])
            for row, own in zip(some, facts, strict=True)
        ]
    return sessions


async def _keep(connection: Any, project: str, rows: Rows, found: Sequence[Found]) -> None:
    if not rows:
        return
    kept = [
        (
            row["session_id"], row["started_at"], row["events"], each.score, each.likely, row["automated"],
            msgspec.json.encode(each.reasons).decode(),
        )
        for row, each in zip(rows, found, strict=True)
    ]  # fmt: skip
    await connection.execute(_PUT, project, *columns(kept))


def metrics(sessions: Sequence[Watched], found: Sequence[Found]) -> dict[str, Any]:
    """How many it would call programs among those that declare nothing, and how well its scores, which know nothing of
    it, agree with what sessions declare."""
    declared = np.array([each.declared for each in sessions])
    likely = np.array([each.likely for each in found])
    told: dict[str, Any] = {
        "sessions": len(sessions),
        "declared": int(declared.sum()),
        "likely_of_undeclared": float(likely[~declared].mean()),
    }
    if min(declared.sum(), (~declared).sum()) >= _LABELS_NEEDED:
        told["auc_against_declared"] = float(roc_auc_score(declared, [each.score for each in found]))
    return told


AUTOMATION = Job("automation", _SECONDS, keep_automation)
