"""The ingestion API: a request in, events durable, a receipt out."""

import functools
import time
from typing import Protocol

import msgspec

from gooddata.ingestion import limits
from gooddata.ingestion.check import Refused
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.intake import Intake, Sending, Taken
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, key_of, open_request
from gooddata.ingestion.unusable import Unusable

# Segment's browser library posts batches to /b, some of its server libraries to /import.
PATHS = frozenset({"/v1/batch", "/v1/b", "/v1/import", *SINGLE_EVENT_PATHS})

# A browser in which somebody listens for its visitor's scores says so in the address.
_WANTS_SCORES = "intelligence"

_CORS = b"access-control-allow-origin: *\r\naccess-control-expose-headers: retry-after, x-request-id\r\n"
_PREFLIGHT = (
    _CORS + b"access-control-allow-methods: POST, OPTIONS\r\n"
    # analytics.js says with X-Retry-Count how often it has tried.
    b"access-control-allow-headers: authorization, content-type, content-encoding, x-gooddata-import, x-retry-count, "
    b"x-request-id, traceparent, tracestate\r\n"
    b"access-control-max-age: 86400\r\n"
)
_JSON = _CORS + b"content-type: application/json\r\n"

_encode = msgspec.json.Encoder().encode


class Request(Protocol):
    """What an endpoint is given; gooddata/door.py has it."""

    method: str
    path: str
    query: str
    headers: Headers
    scheme: str
    client: str
    body: bytes
    trouble: int | None
    id: str

    @property
    def trace(self) -> str | None: ...

    def respond(self, status: int, headers: bytes, body: bytes) -> None: ...


class IngestionApi:
    """Answers POST and OPTIONS on `PATHS`, in GoodData's own words, which are Segment's too."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __call__(self, request: Request) -> None:
        """Takes a request in; it is answered when its events are durable."""
        if request.method == "OPTIONS":
            request.respond(204, _PREFLIGHT, b"")
            return
        try:
            require_whole(request)
            self._intake.require_room()
            sending = _opened(request)
        except Unusable as problem:
            _answer(request, problem)
        else:
            self._intake.take_in(sending, functools.partial(_answer, request))


def require_whole(request: Request) -> None:
    """Raises Unusable for a request that is no POST, or was more than is taken."""
    if request.method != "POST":
        raise Unusable(405, "method_not_allowed", "send events with POST")
    if request.trouble == 413:
        raise Unusable(413, "body_too_large", f"the body may have {limits.BODY_BYTES:,} bytes: send it in parts")
    if request.trouble is not None:
        raise Unusable(503, "unavailable", "too much is being received; send again later", retry_after="1")


def refusal_body(problem: Unusable, request_id: str | None = None) -> bytes:
    """Why a request is refused as a whole. Segment's SDKs look for `code` and `message` outside of `error`."""
    code, message = problem.code, str(problem)
    error = {"code": code, "message": message, "field": problem.field}
    if request_id is not None:
        error["request_id"] = request_id
    return _encode({"error": error, "code": code, "message": message})


def rejections(refused: list[tuple[int, Refused]]) -> list[dict[str, object]]:
    """What a receipt says of refused events."""
    return [
        {"index": index, "id": event.id, "field": event.field, "reason": event.reason, "message": event.message}
        for index, event in refused
    ]


def _opened(request: Request) -> Sending:
    received_at = time.time_ns() // 1_000_000
    headers = request.headers
    opened = open_request(request.body, request.path, headers.get("content-encoding"))
    imported = opened.imported or headers.get("x-gooddata-import") == "1"
    # Who sends what is kept as rejected again has it: a second copy of it would be one too many.
    keep_refused = not (imported and headers.get("x-gooddata-replay") == "1")
    key = key_of(headers.get("authorization")) or opened.write_key
    wants_scores = _WANTS_SCORES in request.query
    return Sending(
        opened, key, headers, request.client, received_at, imported, keep_refused, wants_scores, request.trace
    )


def _answer(request: Request, taken: Taken | Unusable) -> None:
    if isinstance(taken, Unusable):
        retry_after = b"retry-after: %b\r\n" % taken.retry_after.encode() if taken.retry_after else b""
        request.respond(taken.status, _JSON + retry_after, refusal_body(taken, request.id))
        return
    counts = taken.outcome.stored, taken.outcome.duplicate, taken.outcome.spooled
    rejected = _encode(rejections(taken.refused)) if taken.refused else b"[]"
    dropped = b',"dropped":%d' % taken.dropped if taken.dropped else b""
    token = b',"token":"%b"' % taken.token.encode() if taken.token else b""
    scores = b',"intelligence":%b' % taken.scores if taken.scores else b""
    told = rejected, dropped, token, scores
    receipt = b'{"accepted":%d,"duplicate":%d,"spooled":%d,"rejected":%b%b%b%b}' % (*counts, *told)
    request.respond(200, _JSON, receipt)
