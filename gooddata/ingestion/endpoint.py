"""The ingestion API over RSGI: a request in, events durable, a receipt out."""

import time
from typing import Any

import msgspec

from gooddata.errors import LogUnavailable
from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, Refused, check
from gooddata.ingestion.flush import Arrival, GroupCommit, Outcome, Overloaded
from gooddata.ingestion.keys import Keys
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, Opened, Unusable, key_of, open_request
from gooddata.ingestion.settle import clock_error, settle
from gooddata.persistence.pseudonym import Pseudonyms

# Segment's browser library posts batches to /b, some of its server libraries to /import.
PATHS = frozenset({"/v1/batch", "/v1/b", "/v1/import", *SINGLE_EVENT_PATHS})

RETRY_AFTER_SECONDS = "1"
_CORS = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "retry-after"),
]
_PREFLIGHT = [
    *_CORS,
    ("access-control-allow-methods", "POST, OPTIONS"),
    # analytics.js says with X-Retry-Count how often it has tried.
    ("access-control-allow-headers", "authorization, content-type, content-encoding, x-gooddata-import, x-retry-count"),
    ("access-control-max-age", "86400"),
]
_JSON = [*_CORS, ("content-type", "application/json")]

_encode = msgspec.json.Encoder().encode


class Taken(msgspec.Struct, frozen=True):
    """A request whose events are durable; `rejected` says of each refused one its index, id, field and reason."""

    arrival: Arrival
    outcome: Outcome
    rejected: list[dict[str, Any]]


class IngestionApi:
    """Answers POST and OPTIONS on `PATHS`; any number of requests at once, in one event loop."""

    def __init__(self, commits: GroupCommit, keys: Keys, pseudonyms: Pseudonyms, late_days: int) -> None:
        self._commits = commits
        self._keys = keys
        self._pseudonyms = pseudonyms
        self._late_days = late_days

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if scope.method == "OPTIONS":
            protocol.response_empty(204, _PREFLIGHT)
            return
        try:
            answer = await self._answer(scope, protocol)
        except Unusable as problem:
            protocol.response_bytes(problem.status, _JSON, refusal_body(problem.code, str(problem), problem.field))
        except (Overloaded, LogUnavailable) as problem:
            headers = [*_JSON, ("retry-after", RETRY_AFTER_SECONDS)]
            protocol.response_bytes(503, headers, refusal_body("unavailable", str(problem), None))
        else:
            protocol.response_bytes(200, _JSON, answer)

    async def _answer(self, scope: Any, protocol: Any) -> bytes:
        if scope.method != "POST":
            raise Unusable(405, "method_not_allowed", "send events with POST")
        headers = scope.headers
        body = await read_body(headers, protocol)
        received_at = time.time_ns() // 1_000_000
        opened = open_request(body, scope.path, headers.get("content-encoding"))
        imported = opened.imported or headers.get("x-gooddata-import") == "1"
        key = key_of(headers.get("authorization")) or opened.write_key
        return _encode(self._receipt(await self.take_in(opened, key, received_at, imported)))

    async def take_in(self, opened: Opened, key: str | None, received_at: int, imported: bool = False) -> Taken:
        """Returns once the request's events are durable. Raises Unusable, Overloaded, LogUnavailable."""
        project = await self.project_of(key, imported)
        arrival, rejected = self._judge(opened, project, received_at, imported)
        return Taken(arrival, await self._commits.commit(arrival), rejected)

    async def project_of(self, key: str | None, imported: bool = False) -> str:
        """The project that the key may send to. Raises Unusable (401, 403)."""
        if key is None:
            message = "the request has no write key: send it as Authorization (Basic or Bearer) or as writeKey"
            raise Unusable(401, "missing_key", message, "writeKey")
        known = await self._keys.find(key)
        if known is None:
            raise Unusable(401, "unknown_key", "the write key is not known; copy it from the project", "writeKey")
        if imported and known.scope != "read":
            raise Unusable(403, "wrong_scope", "an import needs the project's read key, which is secret", "writeKey")
        if not imported and known.scope != "write":
            raise Unusable(
                403, "wrong_scope", "this key reads; events are sent with the project's write key", "writeKey"
            )
        return known.project

    def _judge(
        self, opened: Opened, project: str, received_at: int, imported: bool
    ) -> tuple[Arrival, list[dict[str, Any]]]:
        correction = 0 if imported else clock_error(opened.sent_at, received_at)
        late_days = None if imported else self._late_days
        accepted: list[Accepted] = []
        refused: list[Refused] = []
        rejected: list[dict[str, Any]] = []
        for index, raw in enumerate(opened.events):
            event = check(bytes(raw), project, opened.implied_type)
            if isinstance(event, Accepted):
                event = settle(event, received_at, correction, late_days)
            if isinstance(event, Accepted):
                accepted.append(event)
                continue
            refused.append(event)
            answer = {"index": index, "id": event.id, "field": event.field, "reason": event.reason}
            rejected.append(answer | {"message": event.message})
        return Arrival(project, received_at, opened.context, accepted, refused), rejected

    def _receipt(self, taken: Taken) -> dict[str, Any]:
        receipt: dict[str, Any] = {
            "accepted": taken.outcome.stored,
            "duplicate": taken.outcome.duplicate,
            "spooled": 0,
            "rejected": taken.rejected,
        }
        visitors = {event.visitor for event in taken.arrival.accepted}
        if len(visitors) == 1 and _is_hard_to_guess(visitor := visitors.pop()):
            receipt["token"] = self._pseudonyms.token(taken.arrival.project, visitor)
        return receipt


def refusal_body(code: str, message: str, field: str | None) -> bytes:
    """Why a request is refused as a whole. Segment's SDKs look for `code` and `message` outside of `error`."""
    return _encode({"error": {"code": code, "message": message, "field": field}, "code": code, "message": message})


async def read_body(headers: Any, protocol: Any) -> bytes:
    """The body, of which no more than the limit is ever held."""
    try:
        length = int(headers.get("content-length", "-1"))
    except ValueError:
        raise Unusable(400, "bad_content_length", "Content-Length is no number") from None
    if 0 <= length <= limits.BODY_BYTES:
        return await protocol()
    body = bytearray()
    read = 0
    # An answer given before the body was read would be lost with the connection: too much is read on, and dropped.
    async for chunk in protocol:
        read += len(chunk)
        if read <= limits.BODY_BYTES:
            body += chunk
        elif read > limits.DRAINED_BYTES:
            break
    if read > limits.BODY_BYTES:
        raise Unusable(413, "body_too_large", f"the body may have {limits.BODY_BYTES:,} bytes: send it in parts")
    return bytes(body)


def _is_hard_to_guess(visitor: str) -> bool:
    """Only a visitor whose id is a UUID gets a token: a short or well-known id must not open someone's scores."""
    return len(visitor) == 36 and visitor.count("-") == 4
