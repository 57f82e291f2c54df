"""Whether the newest sessions are still like those that the models in use have learned from."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.quality.profile import Profile, Shift, by_name, shifts
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.scoring.tasks import TASKS
from gooddata.intelligence.sessions.features import NAMES as FEATURES
from gooddata.intelligence.training.examples import Examples, Replayed, StoredSession
from gooddata.intelligence.training.fit import columns_of
from gooddata.intelligence.training.sample import finished_sessions
from gooddata.sql import statement

SESSIONS_NEEDED = 100
_SESSIONS = 2_000
_SPAN_MS = 7 * DAY_MS
_AGAIN_MS = HOUR_MS

_CHAMPIONS, _PUT = statement(__package__, "champions"), statement(__package__, "put_drift")


class Looked(msgspec.Struct, frozen=True):
    """At how many sessions, from when on (epoch ms); or why nothing can be said."""

    sessions: int
    since: int | None
    reason: str | None = None
    shifts: Sequence[Shift] = ()


async def look_for_drift(connection: Any, project: str, now: int) -> None:
    """Compares the sessions of the last week with what each model in use has learned from, as of `now` (epoch ms),
    unless that was done within the hour. The connection's times are milliseconds."""
    rows = await connection.fetch(_CHAMPIONS, project, [task.name for task in TASKS])
    due = {row["task"]: row for row in rows if row["computed_at"] is None or now - row["computed_at"] >= _AGAIN_MS}
    if not due:
        return
    sessions = await finished_sessions(connection, project, _SESSIONS)
    sessions = [session for session in sessions if session.started_at >= now - _SPAN_MS]
    for task, looked in (await asyncio.to_thread(_look, sessions, due)).items():
        drifted = [each.name for each in looked.shifts if each.is_drift]
        told = [{"name": each.name, "psi": each.psi, "limit": each.limit} for each in looked.shifts]
        await connection.execute(
            _PUT, project, task, due[task]["version"], now, looked.since, looked.sessions, looked.reason, drifted,
            msgspec.json.encode(told).decode(),
        )  # fmt: skip


def _look(sessions: Sequence[StoredSession], models: dict[str, Any]) -> dict[str, Looked]:
    tasks = [task for task in TASKS if task.name in models]
    replayed = Replayed(sessions, tasks)
    found = {}
    for task in tasks:
        row = models[task.name]
        new = [
            session
            for session in sessions
            if session.started_at > row["learned_until"] and not (session.simulated and row["trained_on"] == "observed")
        ]
        found[task.name] = compare(row["profile"], row["estimator"], replayed.examples(new, task))
    return found


def compare(profile: str | None, estimator: bytes, examples: Examples) -> Looked:
    """Examples of sessions that the model has not seen, with its profile, JSON, if it has one."""
    count = len(set(examples.of_session.tolist()))
    since = min((session.started_at for session in examples.sessions), default=None)
    if profile is None:
        return Looked(count, since, "this version was trained before what it learned from was kept")
    if count < SESSIONS_NEEDED:
        return Looked(
            count,
            since,
            f"needs {SESSIONS_NEEDED} sessions of the last 7 days that it has not learned from; there are {count}",
        )
    try:
        model = Propensity.loads(estimator)
    except InputError as failure:
        return Looked(count, since, f"the model cannot be read: {failure}")
    if set(model.names) - set(FEATURES):
        return Looked(count, since, "it uses features that are no more")
    matrix = columns_of(examples.matrix, model)
    known = msgspec.json.decode(profile, type=Profile)
    return Looked(count, since, None, shifts(known, by_name(model, matrix), examples.of_session))
