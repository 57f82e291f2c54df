"""Answers the paths of other products' SDKs over RSGI."""

import re
import time
from typing import Any

from gooddata.errors import LogUnavailable
from gooddata.ingestion.dialects import posthog, segment
from gooddata.ingestion.dialects.route import Events, Question, Reply, Request
from gooddata.ingestion.endpoint import RETRY_AFTER_SECONDS, IngestionApi, read_body
from gooddata.ingestion.flush import Overloaded
from gooddata.ingestion.request import Unusable

_CORS = [("access-control-allow-origin", "*"), ("access-control-expose-headers", "retry-after")]
_HEADER_NAMES = re.compile(r"[\w\-, ]{1,1000}").fullmatch


def route_of(path: str) -> Events | Question | None:
    """What answers a path, with or without a trailing slash; None when no dialect does."""
    path = path.rstrip("/")
    return posthog.ROUTES.get(path) or posthog.route_of(path) or segment.route_of(path)


class DialectApi:
    """Answers the requests for which `route_of` knows a route."""

    def __init__(self, ingestion: IngestionApi) -> None:
        self._ingestion = ingestion

    async def __call__(self, scope: Any, protocol: Any) -> None:
        route = route_of(scope.path)
        assert route is not None
        if scope.method == "OPTIONS":
            protocol.response_empty(204, _preflight(scope.headers))
            return
        headers = list(_CORS)
        try:
            reply = await self._reply(route, scope, protocol)
        except Unusable as problem:
            reply = route.refusal(problem)
        except (Overloaded, LogUnavailable) as problem:
            reply = route.refusal(Unusable(503, "unavailable", str(problem)))
        if reply.status == 503:
            headers.append(("retry-after", RETRY_AFTER_SECONDS))
        if reply.status == 204:
            protocol.response_empty(204, headers)
        else:
            protocol.response_bytes(reply.status, [*headers, ("content-type", reply.media_type)], reply.body)

    async def _reply(self, route: Events | Question, scope: Any, protocol: Any) -> Reply:
        body = await read_body(scope.headers, protocol)
        received_at = time.time_ns() // 1_000_000
        path = scope.path.rstrip("/")
        request = Request(path, scope.query_string, scope.headers, scope.scheme, body, received_at)
        if isinstance(route, Question):
            key = route.key(request)
            await self._ingestion.project_of(key)
            return route.answer(request, key or "")
        if scope.method != "POST":
            raise Unusable(405, "method_not_allowed", "send events with POST")
        sent = route.open(request)
        taken = await self._ingestion.take_in(sent.opened, sent.opened.write_key, received_at)
        return route.receipt(request, sent, taken.rejected)


def _preflight(headers: Any) -> list[tuple[str, str]]:
    """Allows whatever headers the site lets its SDK add: no cookie is ever read, so that none of them does harm."""
    asked = headers.get("access-control-request-headers", "")
    return [
        *_CORS,
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-allow-headers", asked if _HEADER_NAMES(asked) else "authorization, content-type"),
        ("access-control-max-age", "86400"),
    ]
