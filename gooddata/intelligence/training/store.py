"""Stores what a training came to, in one short transaction in which nobody is erased."""

from typing import Any

import msgspec

from gooddata.intelligence.champions import champions, must_go
from gooddata.intelligence.standing_models import lock_out_erasures
from gooddata.intelligence.training.fit_all import TRAINED, Trained
from gooddata.intelligence.training.report import Report
from gooddata.intelligence.versions import Version, put_version

FAILED = "the training failed"  # how the reason of a version that was not trained begins
_BEGIN = (
    "INSERT INTO analytics.training (project_id, tried_at) VALUES ($1, now()) "
    "ON CONFLICT (project_id) DO UPDATE SET tried_at = now() RETURNING erasures"
)
_ERASURES = "SELECT erasures FROM analytics.training WHERE project_id = $1"
_FORGOTTEN = "DELETE FROM analytics.retrain WHERE project_id = $1"
_SUCCEEDED = "UPDATE analytics.training SET failures = 0, failed_because = NULL, retry_at = NULL WHERE project_id = $1"
# Five minutes after the first failure, twice as long after each other one, a day at most.
_FAILED = (
    "UPDATE analytics.training SET failures = failures + 1, failed_because = $2, "
    "retry_at = now() + least(interval '5 minutes' * power(2, least(failures, 12)), interval '1 day') "
    "WHERE project_id = $1"
)


async def begin(connection: Any, project: str) -> int:
    """How often people were erased from the project; to be read before anything that a model learns from."""
    erasures: int = await connection.fetchval(_BEGIN, project)
    return erasures


async def store(
    connection: Any, project: str, trained: Trained, there_were: dict[str, int], erasures: int
) -> list[Report] | None:
    """What was stored; None, and nothing is, where somebody was erased since `begin`."""
    async with connection.transaction():
        await lock_out_erasures(connection)
        if await connection.fetchval(_ERASURES, project) != erasures:
            return None
        reports = []
        for task, version in trained.versions.items():
            version = msgspec.structs.replace(version, metrics=version.metrics | {"there_were": there_were})
            reports.append(await _put(connection, project, task, version))
        await connection.execute(_FORGOTTEN, project)
        await connection.execute(_SUCCEEDED, project)
        return reports


async def store_failure(connection: Any, project: str, why: str, there_were: dict[str, int]) -> list[Report]:
    """Notes why there is no new model. What is in use stays so, unless it has learned from somebody who was erased."""
    async with connection.transaction():
        await lock_out_erasures(connection)
        in_use = await champions(connection, project, TRAINED)
        reports = []
        for task in TRAINED:
            reason = must_go(in_use.get(task))
            version = Version(
                reason=f"{FAILED}: {why}",
                trained_on="nothing",
                features=[],
                metrics={"there_were": there_were},
                estimator=None,
                champion=reason is not None,
                because=reason or "its training failed, and what was in use stays so",
            )
            reports.append(await _put(connection, project, task, version))
        await connection.execute(_FAILED, project, why)
        return reports


async def _put(connection: Any, project: str, task: str, version: Version) -> Report:
    number = await put_version(connection, project, task, version)
    return Report(
        project=project,
        task=task,
        version=number,
        status=version.status,
        reason=version.reason,
        trained_on=version.trained_on,
        features=version.features,
        metrics=version.metrics,
        in_use=version.champion,
        because=version.because,
    )
