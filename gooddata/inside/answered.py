"""Around an ASGI application: each request gets its id, is counted, and is traced where that is asked for."""

import time
from typing import Any

from gooddata.inside.request_ids import HEADER, current, request_id
from gooddata.inside.requests import OTHER, Requests
from gooddata.inside.traces import Traces


class Answered:
    """`/healthz` and what else has no pattern is counted too: patterns are the application's, as it names them."""

    def __init__(self, app: Any, requests: Requests, traces: Traces | None) -> None:
        self._app = app
        self._requests = requests
        self._traces = traces

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        began = time.perf_counter()
        headers = dict(scope["headers"])
        own = request_id(headers.get(HEADER))
        token = current.set(own)
        status = 500
        span = None
        if self._traces is not None:
            span = self._traces.begin(scope["method"], headers.get(b"traceparent"), headers.get(b"tracestate"), own)
        counted = False

        def count() -> None:
            nonlocal counted
            if not counted:
                counted = True
                route = scope.get("path_template") or OTHER
                self._requests.answered(route, scope["method"], status, time.perf_counter() - began, own)
                if span is not None:
                    span.end(route, status)

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", []), (HEADER, own.encode())]}
                if (b"content-type", b"text/event-stream") in message["headers"]:
                    count()
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            count()
            current.reset(token)
