"""`gooddata ingest` with the native step in the place of opening, judging and packing; for measurements alone.

Run as `python -m bench.native.launch ingest …`. What the native step declines goes the product's own way.
"""

import functools
import time

from bench.native.build import native_pack
from bench.native.steps import packed
from gooddata import cli
from gooddata.ingestion import endpoint
from gooddata.ingestion.arrival import Arrival
from gooddata.ingestion.endpoint import IngestionApi, Request, _answer
from gooddata.ingestion.flush import Overloaded
from gooddata.ingestion.intake import Intake, Taken, _is_hard_to_guess
from gooddata.ingestion.judge import Judged
from gooddata.ingestion.ledger import Outcome
from gooddata.ingestion.rate import TooFast
from gooddata.ingestion.request import SINGLE_EVENT_PATHS, key_of
from gooddata.ingestion.settle import DAY
from gooddata.ingestion.unusable import Unusable

_pack = native_pack()
_in_python = IngestionApi.__call__
_NOTHING_REFUSED = Judged(refused=[], dropped={})


def _natively(intake: Intake, request: Request) -> bool:
    """Takes a request in, or tells that it needs the product's own way."""
    headers = request.headers
    if (
        request.method != "POST"
        or request.trouble is not None
        or request.path in SINGLE_EVENT_PATHS
        or headers.get("content-encoding")
        or headers.get("x-gooddata-import")
    ):
        return False
    received_at = time.time_ns() // 1_000_000
    packing = _pack(request.body, received_at, received_at - intake._late_days * DAY)
    if packing is None:
        return False
    key = key_of(headers.get("authorization")) or packing[0]
    known = intake._keys.known(key) if key else None
    if key is None or known is None or known.scope != "write" or intake._keys.rules.of(known.project) is not None:
        return False
    project = known.project
    try:
        intake._rates.admit(key, packing[3])
        context = intake._origin.context(packing[1], request.client, headers)
        arrival = Arrival(project, received_at, context, packed(project, packing, intake._packer))
        intake._commits.submit(arrival, functools.partial(_tell, request, _token(intake, project, packing[5])))
    except TooFast as problem:
        _answer(request, Unusable(429, "rate_limited", str(problem), retry_after=problem.retry_after))
    except Overloaded as problem:
        _answer(request, Unusable(503, "unavailable", str(problem), retry_after="1"))
    return True


def _token(intake: Intake, project: str, visitors: list[str]) -> str | None:
    visitor = visitors[0]
    if len(visitors) > 1 or not _is_hard_to_guess(visitor):
        return None
    token = intake._tokens.get((project, visitor))
    if token is None:
        if len(intake._tokens) >= 100_000:
            intake._tokens.clear()
        token = intake._tokens[project, visitor] = intake._pseudonyms.token(project, visitor)
    return token


def _tell(request: Request, token: str | None, outcome: object) -> None:
    if isinstance(outcome, Outcome):
        _answer(request, Taken(outcome, [], 0, token))
    else:
        _answer(request, Unusable(503, "unavailable", str(outcome), retry_after="1"))


def _take_in(self: IngestionApi, request: Request) -> None:
    if not _natively(self._intake, request):
        _in_python(self, request)


if __name__ == "__main__":
    endpoint.IngestionApi.__call__ = _take_in  # type: ignore[method-assign]
    cli.main()
