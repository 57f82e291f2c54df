"""The ingestion API: a request in, events durable, a receipt out."""

import asyncio
import functools
import time
from typing import Any, Protocol

import msgspec

from gooddata.errors import GoodDataError
from gooddata.ingestion import limits
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.check import Refused
from gooddata.ingestion.flush import GroupCommit, Overloaded
from gooddata.ingestion.judge import Judged, judge
from gooddata.ingestion.keys import Key, Keys
from gooddata.ingestion.ledger import Outcome
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, Opened, Unusable, key_of, open_request
from gooddata.ingestion.settle import Clock
from gooddata.persistence.pseudonym import Pseudonyms

PATHS = frozenset({"/v1/batch", *SINGLE_EVENT_PATHS})

_RETRY_AFTER = b"retry-after: 1\r\n"
_CORS = b"access-control-allow-origin: *\r\naccess-control-expose-headers: retry-after\r\n"
_PREFLIGHT = (
    _CORS + b"access-control-allow-methods: POST, OPTIONS\r\n"
    b"access-control-allow-headers: authorization, content-type, content-encoding, x-gooddata-import\r\n"
    b"access-control-max-age: 86400\r\n"
)
_JSON = _CORS + b"content-type: application/json\r\n"
_REMEMBERED_TOKENS = 100_000

_encode = msgspec.json.Encoder().encode


class Request(Protocol):
    """What the endpoint is given; gooddata/door.py has it."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    body: bytes
    trouble: int | None

    def respond(self, status: int, headers: bytes, body: bytes) -> None: ...


class IngestionApi:
    """Answers POST and OPTIONS on `PATHS`; any number of requests at once, in one event loop."""

    def __init__(self, commits: GroupCommit, keys: Keys, pseudonyms: Pseudonyms, late_days: int) -> None:
        self._commits = commits
        self._keys = keys
        self._pseudonyms = pseudonyms
        self._late_days = late_days
        self._packer = Packer()
        self._tokens: dict[tuple[str, str], bytes] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def __call__(self, request: Request) -> None:
        """Takes a request in; it is answered when its events are durable."""
        if request.method == "OPTIONS":
            request.respond(204, _PREFLIGHT, b"")
            return
        try:
            self._take(request)
        except Unusable as problem:
            _refuse(request, problem)

    def _take(self, request: Request) -> None:
        if request.method != "POST":
            raise Unusable(405, "method_not_allowed", "send events with POST")
        if request.trouble == 413:
            raise Unusable(413, "body_too_large", f"the body may have {limits.BODY_BYTES:,} bytes: send it in parts")
        if request.trouble is not None:
            raise Unusable(request.trouble, "unavailable", "too much is being received; send again later")
        received_at = time.time_ns() // 1_000_000
        headers = request.headers
        opened = open_request(request.body, request.path, _text(headers.get(b"content-encoding")))
        key = key_of(_text(headers.get(b"authorization"))) or opened.write_key
        if key is None:
            message = "the request has no write key: send it as Authorization (Basic or Bearer) or as writeKey"
            raise Unusable(401, "missing_key", message, "writeKey")
        if known := self._keys.known(key):
            self._admit(request, opened, known, received_at)
            return
        looking = asyncio.get_running_loop().create_task(self._look_for(key, request, opened, received_at))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def _look_for(self, key: str, request: Request, opened: Opened, received_at: int) -> None:
        """A key that is not known may have been made a moment ago."""
        try:
            known = await self._keys.find(key)
            if known is None:
                raise Unusable(401, "unknown_key", "the write key is not known; copy it from the project", "writeKey")
            self._admit(request, opened, known, received_at)
        except Unusable as problem:
            _refuse(request, problem)

    def _admit(self, request: Request, opened: Opened, key: Key, received_at: int) -> None:
        imported = opened.imported or request.headers.get(b"x-gooddata-import") == b"1"
        _require_scope(key, imported)
        clock = Clock.of(received_at, opened.sent_at, None if imported else self._late_days)
        judged = judge(opened, clock)
        arrival = Arrival(
            key.project,
            received_at,
            opened.context,
            self._packer.pack(key.project, judged.events) if judged.events else None,
            [refused for _, refused in judged.refused],
            judged.dropped,
        )
        try:
            self._commits.submit(
                arrival, functools.partial(self._answer, request, judged.refused, self._token(key.project, judged))
            )
        except Overloaded as problem:
            raise Unusable(503, "unavailable", str(problem)) from None

    def _answer(
        self, request: Request, refused: list[tuple[int, Refused]], token: bytes, outcome: Outcome | GoodDataError
    ) -> None:
        if isinstance(outcome, GoodDataError):
            _refuse(request, Unusable(503, "unavailable", str(outcome)))
            return
        rejected = b"[]"
        if refused:
            rejected = _encode(
                [
                    {"index": index, "id": event.id, "field": event.field, "reason": event.reason}
                    | {"message": event.message}
                    for index, event in refused
                ]
            )
        counts = outcome.stored, outcome.duplicate, outcome.spooled
        receipt = b'{"accepted":%d,"duplicate":%d,"spooled":%d,"rejected":%b%b}' % (*counts, rejected, token)
        request.respond(200, _JSON, receipt)

    def _token(self, project: str, judged: Judged) -> bytes:
        """What lets a browser read its own scores, where all events are of one visitor; as a field of the receipt."""
        if judged.events is None:
            return b""
        visitors = judged.events.visitors
        visitor = visitors[0]
        if not _is_hard_to_guess(visitor) or visitors.count(visitor) != len(visitors):
            return b""
        field = self._tokens.get((project, visitor))
        if field is None:
            if len(self._tokens) >= _REMEMBERED_TOKENS:
                self._tokens.clear()
            field = b',"token":"%b"' % self._pseudonyms.token(project, visitor).encode()
            self._tokens[project, visitor] = field
        return field


def _require_scope(key: Key, imported: bool) -> None:
    if imported and key.scope != "read":
        raise Unusable(403, "wrong_scope", "an import needs the project's read key, which is secret", "writeKey")
    if not imported and key.scope != "write":
        raise Unusable(403, "wrong_scope", "this key reads; events are sent with the project's write key", "writeKey")


def _refuse(request: Request, problem: Unusable) -> None:
    body: dict[str, Any] = {"error": {"code": problem.code, "message": str(problem), "field": problem.field}}
    request.respond(problem.status, _JSON + _RETRY_AFTER if problem.status == 503 else _JSON, _encode(body))


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")


def _is_hard_to_guess(visitor: str) -> bool:
    """Only a visitor whose id is a UUID gets a token: a short or well-known id must not open someone's scores."""
    return len(visitor) == 36 and visitor.count("-") == 4
