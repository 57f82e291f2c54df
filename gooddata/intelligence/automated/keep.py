"""The standing job: looks at a project's sessions that are new or went on, and learns what is usual every six hours."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence.automated.behaviour import BEHAVIOURS, NAMES
from gooddata.intelligence.automated.conduct import Watched
from gooddata.intelligence.automated.decide import decide
from gooddata.intelligence.automated.detector import Detector, Found, abstains
from gooddata.intelligence.automated.stands_out import stands_out
from gooddata.intelligence.champions import Champion
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.standing_models import Fitted, abstain, begin, in_use, lock_out_erasures, looked, put
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

_DESCRIBED = {
    "asked": "Of a session that is new or went on, every minute",
    "gives": "a score from 0 to 1",
    "asks": "how much is it like a program's, by what it does?",
    "features": [
        {"name": each.name, "unit": "-", "meaning": each.said.format("so many"), "source": "the session and its day"}
        for each in BEHAVIOURS
    ],
}

_SESSIONS = statement(__package__, "sessions")
_PUT = statement(__package__, "put")

Rows = Sequence[Any]


async def keep_automation(connection: Any, project: str) -> None:
    """Looks at what is new in the project, on a connection whose times are milliseconds."""
    await keep_as_of(connection, project, time.time_ns() // 1_000_000)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms."""
    standing = await begin(connection, project, TASK)
    champion = await in_use(connection, project, TASK, standing)
    in_use_now = _detector(champion)
    if not standing.is_due(now, _FIT_AFTER_MS) and in_use_now is not None:
        await _look(connection, project, now, in_use_now)
        return
    since = now - _DAYS * DAY_MS
    rows = await connection.fetch(_SESSIONS, project, _LEARNED_FROM, since, False)
    reason = abstains(sum(not row["automated"] for row in rows))
    if reason is not None:
        await abstain(connection, project, TASK, standing, now, reason)
        return
    sessions = await _watched(connection, project, rows)
    detector = await asyncio.to_thread(Detector.fit, sessions)
    decision = await asyncio.to_thread(decide, champion, sessions, since)
    figures = await asyncio.to_thread(metrics, detector, sessions)
    fitted = Fitted(
        trained_on=trained_on(row["simulated"] for row in rows),
        features=list(NAMES),
        metrics=figures,
        estimator=detector.dumps(),
        described=_DESCRIBED,
    )
    if not decision.promote and in_use_now is not None:
        detector = in_use_now
    found = await asyncio.to_thread(detector.look, sessions)
    async with connection.transaction():
        await lock_out_erasures(connection)
        if not await put(connection, project, TASK, standing, now, fitted, decision):
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


def _detector(champion: Champion | None) -> Detector | None:
    try:
        return Detector.loads(champion.estimator) if champion is not None and champion.estimator is not None else None
    except InputError:
        # Of another version of the library, or of these features.
        return None


def metrics(detector: Detector, sessions: Sequence[Watched]) -> dict[str, Any]:
    """How many it calls programs among those that declare nothing, how well its scores, which know nothing of it, agree
    with what sessions declare, and what makes those that are likely programs' stand out."""
    from sklearn.metrics import roc_auc_score

    found = detector.look(sessions)
    declared = np.array([each.declared for each in sessions])
    likely = np.array([each.likely for each in found])
    told: dict[str, Any] = {
        "sessions": len(sessions),
        "declared": int(declared.sum()),
        "likely_of_undeclared": float(likely[~declared].mean()),
    }
    if min(declared.sum(), (~declared).sum()) >= _LABELS_NEEDED:
        told["auc_against_declared"] = float(roc_auc_score(declared, [each.score for each in found]))
    importance = stands_out(detector, sessions)
    return told | ({"importance": importance} if importance else {})


AUTOMATION = Job("automation", _SECONDS, keep_automation)
