"""Answers the paths of other products' SDKs."""

import functools
import re
import time

from gooddata.ingestion import endpoint
from gooddata.ingestion.dialects import posthog, segment
from gooddata.ingestion.dialects.route import Events, Question, Reply, Request, Sent
from gooddata.ingestion.endpoint import rejections, require_whole
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.intake import Intake, Sending, Taken
from gooddata.ingestion.keys import Key
from gooddata.ingestion.unusable import Unusable

_CORS = b"access-control-allow-origin: *\r\naccess-control-expose-headers: retry-after, x-request-id\r\n"
_HEADER_NAMES = re.compile(r"[\w\-, ]{1,1000}", re.ASCII).fullmatch


DIALECT_PATHS = frozenset(posthog.ROUTES)
"""Those that are the same for everybody; the others have a key in them."""


def route_of(path: str) -> Events | Question | None:
    """What answers a path, with or without a trailing slash; None when no dialect does."""
    path = path.rstrip("/")
    return posthog.ROUTES.get(path) or posthog.route_of(path) or segment.route_of(path)


class DialectApi:
    """Answers the requests for which `route_of` knows a route."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __call__(self, came: endpoint.Request) -> None:
        if came.method == "OPTIONS":
            came.respond(204, _preflight(came.headers), b"")
            return
        route = route_of(came.path)
        assert route is not None
        received_at = time.time_ns() // 1_000_000
        path = came.path.rstrip("/")
        request = Request(path, came.query, came.headers, came.scheme, came.body, received_at)
        try:
            if isinstance(route, Question):
                self._ask(route, request, came)
            else:
                self._take(route, request, came)
        except Unusable as problem:
            _refuse(came, route, problem)

    def _ask(self, route: Question, request: Request, came: endpoint.Request) -> None:
        key = route.key(request)

        def answer(_: Key) -> None:
            # It says where events go to, as the sender says that it reached us: no cache may tell that to others.
            _respond(came, route.answer(request, key or ""), more=b"cache-control: no-store\r\n")

        self._intake.with_key(key, False, answer, functools.partial(_refuse, came, route))

    def _take(self, route: Events, request: Request, came: endpoint.Request) -> None:
        require_whole(came)
        self._intake.require_room()
        sent = route.open(request)
        sending = Sending(sent.opened, sent.opened.write_key, came.headers, came.client, request.received_at)
        sending.trace = came.trace
        self._intake.take_in(sending, functools.partial(_answer, came, route, request, sent))


def _answer(came: endpoint.Request, route: Events, request: Request, sent: Sent, taken: Taken | Unusable) -> None:
    if isinstance(taken, Unusable):
        _refuse(came, route, taken)
    else:
        _respond(came, route.receipt(request, sent, rejections(taken.refused)))


def _refuse(came: endpoint.Request, route: Events | Question, problem: Unusable) -> None:
    _respond(came, route.refusal(problem), problem.retry_after)


def _respond(came: endpoint.Request, reply: Reply, retry_after: str | None = None, more: bytes = b"") -> None:
    headers = _CORS + more + (b"retry-after: %b\r\n" % retry_after.encode() if retry_after else b"")
    if reply.status != 204:
        headers += b"content-type: %b\r\n" % reply.media_type.encode()
    came.respond(reply.status, headers, reply.body)


def _preflight(headers: Headers) -> bytes:
    """Allows whatever headers the site lets its SDK add: no cookie is ever read, so that none of them does harm."""
    asked = headers.get("access-control-request-headers") or ""
    allowed = asked if _HEADER_NAMES(asked) else "authorization, content-type"
    return (
        _CORS + b"access-control-allow-methods: GET, POST, OPTIONS\r\n"
        b"access-control-allow-headers: %b\r\naccess-control-max-age: 86400\r\n" % allowed.encode()
    )
