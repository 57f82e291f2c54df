"""Trains projects' models and stores them as new versions."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from gooddata.errors import InputError
from gooddata.intelligence.fitting import ROLE, Order
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.training.apart import DEFAULT_MEMORY_MB, fit_apart
from gooddata.intelligence.training.fit_all import Trained
from gooddata.intelligence.training.report import Report, in_words
from gooddata.intelligence.training.spread import fit_spread
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
Fit = Callable[[Sequence[Order]], AsyncGenerator[tuple[str, Trained | str]]]
"""Gives, for each project, what was trained, or why nothing was."""

logger = logging.getLogger(__name__)


def log_stage(project: str, stage: str) -> None:
    logger.info("%s: %s", project, stage)


async def train_all(
    analytics_dsn: str,
    project: str | None = None,
    memory_mb: int = DEFAULT_MEMORY_MB,
    tell: Tell = log_stage,
    scheduler: str | None = None,
) -> list[Report]:
    """Trains every project, or the one named, now: one after another here, or on the workers of the Dask `scheduler`.

    Raises InputError when there is no such project, and ClusterUnavailable.
    """
    pool = await open_pool(analytics_dsn, ROLE, size=1)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            projects = [row["project_id"] for row in await connection.fetch(_PROJECTS)]
            if project is not None and project not in projects:
                raise InputError(f"there is no project {project!r}", "project")
            orders = [Order(analytics_dsn, each, memory_mb) for each in projects if project in (None, each)]
            return await train_some(connection, orders, scheduler, tell)
    finally:
        pool.terminate()


async def train_some(
    connection: Any, orders: Sequence[Order], scheduler: str | None = None, tell: Tell = log_stage
) -> list[Report]:
    """Trains these projects, on a connection whose times are milliseconds."""
    if scheduler is not None:
        return await _train(connection, orders, partial(fit_spread, scheduler), tell) if orders else []
    reports: list[Report] = []
    for order in orders:
        reports += await _train(connection, [order], partial(_fit_here, tell), tell)
    return reports


async def _fit_here(tell: Tell, orders: Sequence[Order]) -> AsyncGenerator[tuple[str, Trained | str]]:
    for order in orders:
        yield order.project, await fit_apart(order, partial(tell, order.project))


async def _train(connection: Any, orders: Sequence[Order], fit: Fit, tell: Tell) -> list[Report]:
    """Has projects' models fitted in processes of their own, and stores what came of each; where nothing did, it
    stores why.

    Other trainings of these projects at the same time are waited for. No transaction is open meanwhile. Where somebody
    is erased meanwhile, it begins anew.
    """
    locked = sorted(order.project for order in orders)
    try:
        # In order, so that two who train never wait for each other in a circle.
        for project in locked:
            await connection.execute(_LOCK, project)
        came = await _until_stored(connection, orders, fit, tell)
    finally:
        if not connection.is_closed():
            for project in locked:
                await connection.execute(_UNLOCK, project)
    reports = [report for order in orders for report in came[order.project]]
    for report in reports:
        logger.info("%s", in_words(report))
    return reports


async def _until_stored(connection: Any, orders: Sequence[Order], fit: Fit, tell: Tell) -> dict[str, list[Report]]:
    """What was stored of each project."""
    reports: dict[str, list[Report]] = {}
    there_were: dict[str, dict[str, int]] = {}
    for _ in range(_ATTEMPTS):
        erasures = {}
        waiting = [order for order in orders if order.project not in reports]
        for project in (order.project for order in waiting):
            erasures[project] = await begin(connection, project)
            there_were[project] = dict(await connection.fetchrow(_COUNT, project))
        async with aclosing(fit(waiting)) as fitted:
            async for project, came in fitted:
                if isinstance(came, str):
                    logger.error("the models of project %s could not be trained: %s", project, came)
                    reports[project] = await store_failure(connection, project, came, there_were[project])
                    continue
                tell(project, "storing")
                stored = await store(connection, project, came, there_were[project], erasures[project])
                if stored is not None:
                    reports[project] = stored
                else:
                    tell(project, "somebody was erased meanwhile: again")
        if len(reports) == len(orders):
            return reports
    reason = f"somebody was erased each of {_ATTEMPTS} times that it was tried"
    for project in (order.project for order in orders if order.project not in reports):
        reports[project] = await store_failure(connection, project, reason, there_were[project])
    return reports
