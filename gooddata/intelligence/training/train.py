"""Trains projects' models and stores them as new versions."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.scoring.tasks import TASKS, Task
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.fit import fit
from gooddata.intelligence.training.intent.train import train_intent
from gooddata.intelligence.training.report import Report, in_words
from gooddata.intelligence.training.sample import finished_sessions
from gooddata.persistence.pool import open_pool
from gooddata.sql import statement

ROLE = "gooddata_worker"

_LOCK = statement(__package__, "lock_project")
_COUNT = statement(__package__, "count_sessions")
_PUT = statement(__package__, "put_model")
_PROJECTS = statement(__package__, "projects")
_ERASED_UP_TO_NOW = "DELETE FROM analytics.retrain WHERE project_id = $1"

logger = logging.getLogger(__name__)


async def train_all(analytics_dsn: str, project: str | None = None) -> list[Report]:
    """Trains every project, or the one named, now. Raises InputError when there is no such project."""
    pool = await open_pool(analytics_dsn, ROLE, size=1)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            projects = [row["project_id"] for row in await connection.fetch(_PROJECTS)]
            if project is not None and project not in projects:
                raise InputError(f"there is no project {project!r}", "project")
            trained = [await train(connection, each) for each in projects if project in (None, each)]
            return [report for reports in trained for report in reports]
    finally:
        pool.terminate()


async def train(connection: Any, project: str) -> list[Report]:
    """Trains a project's models on a connection whose times are milliseconds, and stores what came of it.

    A version that lacked data is replaced: only trainings that had enough of it count up. Another training of the same
    project at the same time is waited for.
    """
    async with connection.transaction():
        await connection.execute(_LOCK, project)
        # Whoever is erased from here on asks for another training.
        await connection.execute(_ERASED_UP_TO_NOW, project)
        sessions = await finished_sessions(connection, project)
        there_are = await connection.fetchrow(_COUNT, project)
        reports = [await _train_task(connection, project, task, sessions, dict(there_are)) for task in TASKS]
        reports.append(await train_intent(connection, project, sessions))
    for report in reports:
        logger.info("%s", in_words(report))
    return reports


async def _train_task(
    connection: Any, project: str, task: Task, sessions: Sequence[StoredSession], there_are: dict[str, int]
) -> Report:
    fitted = await asyncio.to_thread(fit, sessions, task)
    metrics = fitted.metrics | {"there_were": there_are}
    status = "abstaining" if fitted.estimator is None else "ready"
    version = await connection.fetchval(
        _PUT,
        project,
        task.name,
        status,
        fitted.reason,
        fitted.trained_on,
        list(fitted.features),
        msgspec.json.encode(metrics).decode(),
        fitted.estimator,
    )
    return Report(
        project=project,
        task=task.name,
        version=version,
        status=status,
        reason=fitted.reason,
        trained_on=fitted.trained_on,
        features=list(fitted.features),
        metrics=metrics,
    )
