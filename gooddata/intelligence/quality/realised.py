"""How good scores turned out to be: those that were told, by what came of the sessions."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.scoring.propensity import Vector
from gooddata.intelligence.scoring.tasks import TASKS
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.judge import auc_interval, calibration, calibration_error
from gooddata.intelligence.training.sample import with_facts
from gooddata.sql import statement

DAYS = 28
_KEPT_MS = 30 * DAY_MS
# Of a task, the newest so many; and so many sessions are settled at a time.
_MOMENTS, _AT_ONCE = 100_000, 500
_LEAST = 1e-4  # of a probability, as models have it
_TASKS = {task.name: task for task in TASKS}

_ENDED, _SETTLE = statement(__package__, "ended"), statement(__package__, "settle")
_PUT = statement(__package__, "put_realised")
_OPEN = (
    "SELECT session_id, task, events, at FROM analytics.scored_moment "
    "WHERE project_id = $1 AND session_id = ANY ($2::uuid[]) AND came_true IS NULL"
)
_SETTLED = (
    "SELECT model_version, at, session_id, score, came_true FROM analytics.scored_moment "
    "WHERE project_id = $1 AND task = $2 AND at >= $3 AND came_true IS NOT NULL ORDER BY session_id, events"
)
_FORGET_OLD = "DELETE FROM analytics.scored_moment WHERE project_id = $1 AND at < $2"
_FORGET_MANY = (
    "DELETE FROM analytics.scored_moment WHERE project_id = $1 AND task = $2 AND at < ("
    "SELECT at FROM analytics.scored_moment WHERE project_id = $1 AND task = $2 ORDER BY at DESC OFFSET $3 LIMIT 1)"
)
_FORGET_FIGURES = (
    "DELETE FROM analytics.realised WHERE project_id = $1 "
    "AND (days > 1 OR since < (to_timestamp($2::double precision / 1000) AT TIME ZONE 'UTC')::date)"
)
_FIGURES_KEPT_MS = 400 * DAY_MS


class Figures(msgspec.Struct, frozen=True):
    """Of so many moments of so many sessions; `auc` is None where all came true, or none."""

    moments: int
    sessions: int
    base_rate: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    log_loss: float
    log_loss_baseline: float
    ece: float


async def settle(connection: Any, project: str) -> int:
    """Notes of each kept score whose session has ended whether it came true; how many. A session that is a program's,
    or whose events are gone, tells nothing: what was said of it is no longer kept."""
    settled = 0
    while rows := await connection.fetch(_ENDED, project, _AT_ONCE):
        sessions = dict(
            zip((row["session_id"] for row in rows), await with_facts(connection, project, rows), strict=True)
        )
        programs = {row["session_id"] for row in rows if row["automated"]}
        moments = await connection.fetch(_OPEN, project, list(sessions))
        told = [
            (session_id, task, events, None if session_id in programs else came_true(sessions[session_id], task, at))
            for session_id, task, events, at in moments
        ]
        if not told:
            break
        await connection.execute(_SETTLE, project, *map(list, zip(*told, strict=True)))
        settled += len(told)
    return settled


def came_true(session: StoredSession, task: str, at: int) -> bool | None:
    """Whether it did after the session's events up to `at` (epoch ms); None where nobody can tell any more."""
    place = sum(fact.at <= at for fact in session.facts) - 1
    if place < 0 or task not in _TASKS:
        return None
    return _TASKS[task].came_true(session, place)


async def judge_told(connection: Any, project: str, now: int) -> None:
    """Works the figures out anew, of every day (UTC) and of the last DAYS together, and forgets what is too old."""
    today = now // DAY_MS * DAY_MS
    await connection.execute(_FORGET_OLD, project, now - _KEPT_MS)
    found: list[tuple[Any, ...]] = []
    for task in _TASKS:
        await connection.execute(_FORGET_MANY, project, task, _MOMENTS)
        rows = await connection.fetch(_SETTLED, project, task, today - (DAYS - 1) * DAY_MS)
        figures = await asyncio.to_thread(_by_day, rows, today)
        found += [(project, task, *key, *msgspec.structs.astuple(each)) for key, each in figures]
    async with connection.transaction():
        await connection.execute(_FORGET_FIGURES, project, now - _FIGURES_KEPT_MS)
        await connection.executemany(_PUT, found)


def _by_day(rows: Sequence[Any], today: int) -> list[tuple[tuple[int, int, int], Figures]]:
    """By version, beginning (epoch ms) and number of days."""
    if not rows:
        return []
    versions, at, sessions, scores, truths = (np.array(column) for column in zip(*rows, strict=True))
    scores, truths = scores.astype(np.float64), truths.astype(np.float64)
    _, of_session = np.unique(np.array([str(each) for each in sessions]), return_inverse=True)
    days = at // DAY_MS * DAY_MS
    found = []
    for version in np.unique(versions).tolist():
        spans = [(today - (DAYS - 1) * DAY_MS, DAYS)]
        spans += [(day, 1) for day in np.unique(days[versions == version]).tolist()]
        for since, length in spans:
            chosen = (versions == version) & (days >= since) & (days < since + length * DAY_MS)
            figures = judge_scores(truths[chosen], scores[chosen], of_session[chosen])
            found.append(((version, since, length), figures))
    return found


def judge_scores(truths: Vector, scores: Vector, of_session: np.ndarray) -> Figures:
    """Of scores (n,), what came true (n,), and whose session each is of (n,)."""
    from sklearn.metrics import roc_auc_score

    rate = float(truths.mean())
    probabilities = np.clip(scores, _LEAST, 1 - _LEAST)
    auc, low, high = None, None, None
    if 0 < rate < 1:
        auc = float(roc_auc_score(truths, probabilities))
        low, high = auc_interval(truths, probabilities, of_session)
    return Figures(
        len(truths),
        len(np.unique(of_session)),
        rate,
        auc,
        low,
        high,
        _log_loss(truths, probabilities),
        _log_loss(truths, np.full(len(truths), min(max(rate, _LEAST), 1 - _LEAST))),
        calibration_error(calibration(truths, probabilities)),
    )


def _log_loss(truths: Vector, probabilities: Vector) -> float:
    return float(-np.log(np.where(truths == 1, probabilities, 1 - probabilities)).mean())
