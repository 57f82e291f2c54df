"""Puts serving together as one ASGI application."""

import asyncio
import logging
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from gooddata import __version__
from gooddata.errors import GoodDataError, InputError
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.inside.request_ids import current
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.serving import accounts_api, alerts_api, api, intelligence_api, owner_api, pages, segments_api
from gooddata.serving.access import Access, Forbidden, NotAllowed, TooMany
from gooddata.serving.accounts.attempts import Attempts
from gooddata.serving.accounts.passwords import Passwords
from gooddata.serving.alerts.keep import keep_alerting
from gooddata.serving.alerts.outbox import AlertMeans
from gooddata.serving.behaviour import Behaviour
from gooddata.serving.callers import Callers
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.shelf import Shelf
from gooddata.serving.etags import ETags
from gooddata.serving.feedback import Feedback
from gooddata.serving.findings import Findings
from gooddata.serving.holdouts import Holdouts
from gooddata.serving.live import Live
from gooddata.serving.numbers import Served
from gooddata.serving.owner.means import Means
from gooddata.serving.pages import DemoConfig
from gooddata.serving.properties.properties import Properties
from gooddata.serving.questions import Questions
from gooddata.serving.recommendations_api import PATH, RecommendationsApi
from gooddata.serving.recommender import Busy, Recommender
from gooddata.serving.store import Store

logger = logging.getLogger(__name__)


class Serving:
    """`app` answers requests, and `endpoints` those of their paths, while `run()` goes on in the same event loop."""

    def __init__(
        self,
        store: Store,
        analytics_dsn: str,
        pseudonyms: Pseudonyms,
        demo: DemoConfig,
        recommender: Recommender,
        holdouts: Holdouts,
        means: Means,
        query_bytes: int,
        alert_means: AlertMeans,
        callers: Callers,
    ) -> None:
        self._pseudonyms = pseudonyms
        self._alerting = (store, alert_means)
        self._live = Live(store)
        self._holdouts = holdouts
        self._feedback = Feedback(analytics_dsn, holdouts)
        access = Access(store.analytics)
        self.endpoints = {PATH: RecommendationsApi(access, pseudonyms, recommender, holdouts)}
        shelf = Shelf(store.analytics, query_bytes)
        columns = Columns(shelf)
        self.numbers = Served(store, self._feedback, self._live, recommender, shelf)
        shared: dict[str, Any] = {
            "store": store,
            "columns": columns,
            "questions": Questions(store, columns),
            "properties_of": Properties(store.analytics, columns),
            "alert_means": alert_means,
            "findings": Findings(store.analytics),
            "behaviours": Behaviour(store.analytics),
            "access": access,
            "attempts": Attempts(store.analytics, pseudonyms),
            "callers": callers,
            "passwords": Passwords(),
            "recommender": recommender,
            "holdouts": holdouts,
            "pictures": self._live,
            "feedback": self._feedback,
            "pseudonyms": pseudonyms,
            "demo_config": demo,
        }
        self.app = Litestar(
            route_handlers=[
                api.router(),
                accounts_api.router(),
                alerts_api.router(),
                segments_api.router(),
                owner_api.router(means),
                intelligence_api.router(),
                pages.router(),
                healthz,
                readyz,
            ],
            dependencies={name: Provide(_always(value), sync_to_thread=False) for name, value in shared.items()},
            exception_handlers={
                NotAllowed: _not_allowed,
                Forbidden: _forbidden,
                TooMany: _too_many,
                InputError: _bad_input,
                Busy: _unavailable,
                HTTPException: _http_error,
                Exception: _unexpected,
                **dict.fromkeys(UNAVAILABLE, _unavailable),
            },
            openapi_config=OpenAPIConfig(
                "GoodData", __version__, path="/api/openapi.json", render_plugins=[JsonRenderPlugin(path="/")]
            ),
            signature_types=[
                Access,
                AlertMeans,
                Behaviour,
                Callers,
                Columns,
                DemoConfig,
                Feedback,
                Findings,
                Holdouts,
                Live,
                Properties,
                Pseudonyms,
                Questions,
                Recommender,
                Store,
            ],
            middleware=[ETags],
            after_exception=[_log_unexpected],
            logging_config=None,
        )

    def newest_scores(self, project: str, visitor: str) -> bytes | None:
        """What `/v1/intelligence` says of a visitor, as JSON, from memory; None where it is not there."""
        scores = self._feedback.newest(project, self._pseudonyms.visitor(project, visitor))
        return scores and b'{"visitor":%b,%b' % (msgspec.json.encode(visitor), scores[1:])

    async def run(self) -> None:
        """Keeps the live picture, the feedback and alerts going, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._live.run())
            tasks.create_task(self._feedback.run())
            tasks.create_task(self._holdouts.run())
            tasks.create_task(keep_alerting(*self._alerting))


@get("/healthz", media_type=MediaType.TEXT, include_in_schema=False)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT, include_in_schema=False)
async def readyz(store: Store) -> str:
    """The databases answer, too."""
    await store.lag_ms()
    return "ok\n"


def _log_unexpected(problem: Exception, scope: Any) -> None:
    """What nobody answers for becomes a 500, and must leave a trace."""
    if not isinstance(problem, (GoodDataError, HTTPException, *UNAVAILABLE)):
        logger.error("%s %s failed", scope["method"], scope["path"], exc_info=problem)


def _always(value: Any) -> Any:
    return lambda: value


def _error(status: int, code: str, message: str, field: str | None = None, **headers: str) -> Response[Any]:
    body = {"error": {"code": code, "message": message, "field": field, "request_id": current.get()}}
    return Response(body, status_code=status, headers=headers, media_type=MediaType.JSON)


def _not_allowed(_: Request[Any, Any, Any], problem: NotAllowed) -> Response[Any]:
    return _error(401, "not_allowed", str(problem))


def _forbidden(_: Request[Any, Any, Any], problem: Forbidden) -> Response[Any]:
    return _error(403, "forbidden", str(problem))


def _too_many(_: Request[Any, Any, Any], problem: TooMany) -> Response[Any]:
    return _error(429, "too_many", str(problem), **{"retry-after": str(problem.seconds)})


def _bad_input(_: Request[Any, Any, Any], problem: InputError) -> Response[Any]:
    return _error(400, "bad_input", str(problem), problem.field)


def _unavailable(_: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    text = str(problem) if isinstance(problem, GoodDataError) else "the database does not answer now"
    return _error(503, "unavailable", text, **{"retry-after": "1"})


def _unexpected(_: Request[Any, Any, Any], __: Exception) -> Response[Any]:
    return _error(500, "internal", "something went wrong here; it is in the server's log")


def _http_error(_: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
    extra = problem.extra[0] if isinstance(problem.extra, list) and problem.extra else {}
    field = extra.get("key") if isinstance(extra, dict) else None
    message = f"{field}: {extra.get('message')}" if field else problem.detail
    code = "not_found" if problem.status_code == 404 else "bad_request"
    return _error(problem.status_code, code, message, field)
