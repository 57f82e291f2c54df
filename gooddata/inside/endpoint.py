"""`/metrics` at the HTTP door of a process."""

import asyncio
from typing import Any, Protocol

from gooddata.inside.listener import answer, is_allowed
from gooddata.inside.metrics import Metrics


class Request(Protocol):
    """What an endpoint is given; gooddata/door.py has it."""

    method: str
    headers: Any

    def respond(self, status: int, headers: bytes, body: bytes) -> None: ...


class MetricsApi:
    """Answers GET from those who have the token, and nobody else, wherever they are."""

    def __init__(self, metrics: Metrics, token: str | None) -> None:
        self._metrics = metrics
        self._token = token
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, request: Request) -> None:
        # Kept apart from the answer: the door lets go of what came as soon as this returns.
        allowed = is_allowed(request.headers.get("authorization"), self._token)
        task = asyncio.create_task(self._answer(request, allowed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Request, allowed: bool) -> None:
        request.respond(*await answer(self._metrics, request.method, allowed))
