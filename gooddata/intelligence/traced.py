"""The part of a worker in traces that began with a request."""

import time
from collections.abc import Sequence

import msgspec

from gooddata.inside.traces import Traces
from gooddata.intelligence.results.round import Round
from gooddata.intelligence.results.work_out import Outcome

MOST = 128  # requests of a round whose traces are gone on with


class _Traced(msgspec.Struct, gc=False):
    trace: str | None = None


_decode = msgspec.json.Decoder(list[_Traced]).decode


def traces_in(body: bytes) -> list[str]:
    """The traceparents in a stored batch: groups have them, what senders wrote in their events is not looked at."""
    try:
        return [group.trace for group in _decode(body) if group.trace is not None]
    except msgspec.DecodeError:
        return []


def trace_round(traces: Traces, work: Round, outcomes: Sequence[Outcome]) -> None:
    """In the trace of each request of a round, that it was applied, scored and told of; and the round by itself, with
    links to them."""
    parents = work.traces[:MOST]
    if not parents:
        return
    ended = time.time_ns()
    counts = {"gooddata.events": len(work.facts), "gooddata.batches": work.batches}
    own = traces.add("worker round", work.began, ended, links=parents, attributes=counts)
    for parent in parents:
        applied = traces.add("apply", work.began, ended, parent, [own] if own else [], counts)
        for outcome in outcomes:
            if outcome.scores:
                traces.add("score", *outcome.scoring, applied, attributes={"gooddata.scores": len(outcome.scores)})
            if outcome.telling[1]:
                traces.add("publish", *outcome.telling, applied, attributes={"gooddata.scores": len(outcome.told)})
