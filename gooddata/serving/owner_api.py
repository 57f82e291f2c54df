"""`/api/...` for owners: what configures projects, and what touches raw."""

from typing import Any

import asyncpg
from litestar import MediaType, Request, Response, Router
from litestar.di import Provide

from gooddata.inside.request_ids import current
from gooddata.serving.api import opens, provide_project
from gooddata.serving.owner import install, pipeline, privacy, projects, rejected, rules, trace
from gooddata.serving.owner.means import Forbidden, Means
from gooddata.serving.owner.owner import Owner, provide_owner

HANDLERS: list[Any] = [
    install.install,
    pipeline.pipeline,
    privacy.audit_entries,
    privacy.erase,
    privacy.erasures,
    privacy.held,
    privacy.retention,
    privacy.set_retention,
    projects.create,
    projects.projects,
    projects.rotate,
    rejected.rejected,
    rejected.replay,
    rules.items,
    rules.rules,
    rules.set_exclusions,
    rules.set_goals,
    rules.set_holdout,
    rules.set_items,
    rules.set_plan,
    rules.set_properties,
    rules.set_recommendations,
    rules.violations,
    trace.trace,
]


def router(means: Means) -> Router:
    throughput = pipeline.Throughput()
    return Router(
        "/api",
        route_handlers=HANDLERS,
        dependencies={
            "opens": Provide(opens),
            "owner": Provide(provide_owner),
            "project_id": Provide(provide_project),
            "means": Provide(lambda: means, sync_to_thread=False),
            "throughput": Provide(lambda: throughput, sync_to_thread=False),
        },
        exception_handlers={Forbidden: _forbidden, asyncpg.DataError: _unusable, OverflowError: _unusable},
        signature_types=[Means, Owner, pipeline.Throughput],
    )


def _forbidden(_: Request[Any, Any, Any], problem: Forbidden) -> Response[Any]:
    return _error(403, "forbidden", str(problem))


def _unusable(_: Request[Any, Any, Any], __: Exception) -> Response[Any]:
    """For what a type lets through and PostgreSQL does not: a NUL in a text, a number or a date too large."""
    return _error(400, "bad_input", "a value cannot be stored or compared: it holds a NUL, or is too large")


def _error(status: int, code: str, message: str) -> Response[Any]:
    body = {"error": {"code": code, "message": message, "field": None, "request_id": current.get()}}
    return Response(body, status_code=status, media_type=MediaType.JSON)
