"""The ingestion API over RSGI: a request in, events durable, a receipt out."""

import time
from collections import Counter
from typing import Any

import msgspec

from gooddata.config import Settings
from gooddata.errors import LogUnavailable
from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, Refused, check
from gooddata.ingestion.flush import Arrival, GroupCommit, Outcome, Overloaded
from gooddata.ingestion.keys import Keys
from gooddata.ingestion.origin import Origin
from gooddata.ingestion.rate import KeyRates, TooFast
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, Opened, Unusable, key_of, open_request, with_type
from gooddata.ingestion.rules.project import Rules
from gooddata.ingestion.rules.verdict import OWN, Dropped, Violates
from gooddata.ingestion.settle import clock_error, settle
from gooddata.persistence.pseudonym import Pseudonyms

PATHS = frozenset({"/v1/batch", *SINGLE_EVENT_PATHS})

_RETRY_AFTER_SECONDS = "1"
_CORS = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "retry-after"),
]
_PREFLIGHT = [
    *_CORS,
    ("access-control-allow-methods", "POST, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type, content-encoding, x-gooddata-import"),
    ("access-control-max-age", "86400"),
]
_JSON = [*_CORS, ("content-type", "application/json")]

_encode = msgspec.json.Encoder().encode


class IngestionApi:
    """Answers POST and OPTIONS on `PATHS`; any number of requests at once, in one event loop."""

    def __init__(self, commits: GroupCommit, keys: Keys, pseudonyms: Pseudonyms, settings: Settings) -> None:
        self._commits = commits
        self._keys = keys
        self._pseudonyms = pseudonyms
        self._late_days = settings.late_days
        self._rates = KeyRates(settings.rate_limit)
        self._origin = Origin(settings)

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if scope.method == "OPTIONS":
            protocol.response_empty(204, _PREFLIGHT)
            return
        try:
            answer = await self._answer(scope, protocol)
        except TooFast as problem:
            body = {"error": {"code": "rate_limited", "message": str(problem), "field": None}}
            protocol.response_bytes(429, [*_JSON, ("retry-after", problem.retry_after)], _encode(body))
        except Unusable as problem:
            body = {"error": {"code": problem.code, "message": str(problem), "field": problem.field}}
            protocol.response_bytes(problem.status, _JSON, _encode(body))
        except (Overloaded, LogUnavailable) as problem:
            body = {"error": {"code": "unavailable", "message": str(problem), "field": None}}
            protocol.response_bytes(503, [*_JSON, ("retry-after", _RETRY_AFTER_SECONDS)], _encode(body))
        else:
            protocol.response_bytes(200, _JSON, answer)

    async def _answer(self, scope: Any, protocol: Any) -> bytes:
        if scope.method != "POST":
            raise Unusable(405, "method_not_allowed", "send events with POST")
        headers = scope.headers
        body = await _read(headers, protocol)
        received_at = time.time_ns() // 1_000_000
        opened = open_request(body, scope.path, headers.get("content-encoding"))
        imported = opened.imported or headers.get("x-gooddata-import") == "1"
        key = key_of(headers.get("authorization")) or opened.write_key
        if key is None:
            message = "the request has no write key: send it as Authorization (Basic or Bearer) or as writeKey"
            raise Unusable(401, "missing_key", message, "writeKey")
        project = await self._project(key, imported)
        rules = self._keys.rules.of(project)
        own = rules is not None and self._is_own_traffic(rules, opened, scope, imported)
        if not imported:
            self._rates.admit(key, len(opened.events))
            opened.context = self._origin.context(opened.context, scope.client, headers)
        arrival, rejected = self._judge(opened, project, received_at, imported, rules, own)
        # Who sends what is kept as rejected again has it: a second copy of it would be one too many.
        arrival.keep_refused = not (imported and headers.get("x-gooddata-replay") == "1")
        outcome = await self._commits.commit(arrival)
        return _encode(self._receipt(arrival, outcome, rejected))

    async def _project(self, key: str, imported: bool) -> str:
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

    def _is_own_traffic(self, rules: Rules, opened: Opened, scope: Any, imported: bool) -> bool:
        """Whether a request as a whole is; who imports is not who was there."""
        if rules.looks_at_senders() and not imported:
            headers = scope.headers
            address = self._origin.address(scope.client, headers.get_all("x-forwarded-for"))
            if rules.excludes_sender(address, headers.get("user-agent")):
                return True
        return rules.excludes_context(opened.context)

    def _judge(
        self, opened: Opened, project: str, received_at: int, imported: bool, rules: Rules | None, own: bool
    ) -> tuple[Arrival, list[dict[str, Any]]]:
        correction = 0 if imported else clock_error(opened.sent_at, received_at)
        late_days = None if imported else self._late_days
        accepted: list[Accepted] = []
        refused: list[Refused] = []
        rejected: list[dict[str, Any]] = []
        dropped: Counter[str] = Counter()
        for index, raw in enumerate(opened.events):
            event = check(bytes(raw), project, opened.implied_type)
            if isinstance(event, Accepted):
                event = settle(event, received_at, correction, late_days)
            elif opened.implied_type:
                event.raw = with_type(event.raw, opened.implied_type)
            if isinstance(event, Accepted) and rules is not None:
                verdict = OWN if own else rules.judge(event.raw)
                if isinstance(verdict, Dropped):
                    dropped[verdict.reason] += 1
                    continue
                if isinstance(verdict, Violates):
                    event = Refused(event.id, verdict.field, verdict.reason, verdict.message, event.raw)
            if isinstance(event, Accepted):
                accepted.append(event)
                continue
            refused.append(event)
            answer = {"index": index, "id": event.id, "field": event.field, "reason": event.reason}
            rejected.append(answer | {"message": event.message})
        return Arrival(project, received_at, opened.context, accepted, refused, dropped), rejected

    def _receipt(self, arrival: Arrival, outcome: Outcome, rejected: list[dict[str, Any]]) -> dict[str, Any]:
        receipt: dict[str, Any] = {
            "accepted": outcome.stored,
            "duplicate": outcome.duplicate,
            "spooled": 0,
            "rejected": rejected,
        }
        if arrival.dropped:
            receipt["dropped"] = sum(arrival.dropped.values())
        visitors = {event.visitor for event in arrival.accepted}
        if len(visitors) == 1 and _is_hard_to_guess(visitor := visitors.pop()):
            receipt["token"] = self._pseudonyms.token(arrival.project, visitor)
        return receipt


async def _read(headers: Any, protocol: Any) -> bytes:
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
