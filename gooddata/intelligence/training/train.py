"""Trains projects' models and stores them as new versions."""

import logging
from collections.abc import Callable
from typing import Any

from gooddata.errors import InputError
from gooddata.intelligence.fitting import ROLE, Order
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.training.apart import DEFAULT_MEMORY_MB, fit_apart
from gooddata.intelligence.training.report import Report, in_words
from gooddata.intelligence.training.store import begin, store, store_failure
from gooddata.persistence.pool import open_pool
from gooddata.sql import statement

_LOCK = "SELECT pg_advisory_lock(7013047, hashtext($1))"
_UNLOCK = "SELECT pg_advisory_unlock(7013047, hashtext($1))"
_COUNT = statement(__package__, "count_sessions")
_PROJECTS = statement(__package__, "projects")
# How often in a row somebody may be erased while models are fitted.
_ATTEMPTS = 5

Tell = Callable[[str, str], None]
"""Hears of a project and what is being done for it."""

logger = logging.getLogger(__name__)


def log_stage(project: str, stage: str) -> None:
    logger.info("%s: %s", project, stage)


async def train_all(
    analytics_dsn: str, project: str | None = None, memory_mb: int = DEFAULT_MEMORY_MB, tell: Tell = log_stage
) -> list[Report]:
    """Trains every project, or the one named, now. Raises InputError when there is no such project."""
    pool = await open_pool(analytics_dsn, ROLE, size=1)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            projects = [row["project_id"] for row in await connection.fetch(_PROJECTS)]
            if project is not None and project not in projects:
                raise InputError(f"there is no project {project!r}", "project")
            reports: list[Report] = []
            for each in projects:
                if project in (None, each):
                    reports += await train(connection, Order(analytics_dsn, each, memory_mb), tell)
            return reports
    finally:
        pool.terminate()


async def train(connection: Any, order: Order, tell: Tell = log_stage) -> list[Report]:
    """Trains a project's models in a process of their own, on a connection whose times are milliseconds, and stores
    what came of it; where nothing did, it stores why.

    Another training of the same project at the same time is waited for. No transaction is open meanwhile. Where
    somebody is erased meanwhile, it begins anew.
    """
    project = order.project
    await connection.execute(_LOCK, project)
    try:
        reports = await _train(connection, order, lambda stage: tell(project, stage))
    finally:
        if not connection.is_closed():
            await connection.execute(_UNLOCK, project)
    for report in reports:
        logger.info("%s", in_words(report))
    return reports


async def _train(connection: Any, order: Order, tell: Callable[[str], None]) -> list[Report]:
    project = order.project
    there_were: dict[str, int] = {}
    for _ in range(_ATTEMPTS):
        erasures = await begin(connection, project)
        there_were = dict(await connection.fetchrow(_COUNT, project))
        came = await fit_apart(order, tell)
        if isinstance(came, str):
            logger.error("the models of project %s could not be trained: %s", project, came)
            return await store_failure(connection, project, came, there_were)
        tell("storing")
        reports = await store(connection, project, came, there_were, erasures)
        if reports is not None:
            return reports
        tell("somebody was erased meanwhile: again")
    reason = f"somebody was erased each of {_ATTEMPTS} times that it was tried"
    return await store_failure(connection, project, reason, there_were)
