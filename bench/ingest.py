"""What does an event cost from HTTP to its commit, how long does its sender wait, and what does the ordinary way cost?

GoodData's ingestion role and the Express peer take turns on the same input. See docs/benchmarks.md.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.contenders import CONTENDERS, install_express_peer
from bench.load.requests import INPUTS, Written, write_requests
from bench.load.wrk import wrk
from bench.measurement import Measured, measure
from bench.report import Results, report
from bench.stages import steps
from gooddata.errors import InputError


async def run(batches: Sequence[str], *, seconds: float, rounds: int) -> dict[str, Any]:
    """Measures and reports. Raises InputError for an unknown batch, ConfigurationError where wrk or node is missing."""
    if unknown := sorted(set(batches) - set(INPUTS)):
        raise InputError(f"there is no input {unknown[0]!r}; choose from {', '.join(INPUTS)}", "batches")
    wrk()
    install_express_peer()
    results: Results = {name: {contender: [] for contender in CONTENDERS} for name in batches}
    written: dict[str, Written] = {}
    for turn in range(1, rounds + 1):
        for name in batches:
            for contender in CONTENDERS:
                written[name], measured = await _measure_new(contender, name, seconds, lone=name == _lone(batches))
                results[name][contender].append(measured)
                _say(f"round {turn} of {rounds}, {name} a request, {contender}: {_in_short(measured)}")
    return report(results, written, {name: _steps_of(name) for name in batches}, seconds, rounds)


def _steps_of(name: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        return steps(INPUTS[name], Path(place))


async def _measure_new(contender: str, name: str, seconds: float, *, lone: bool) -> tuple[Written, Measured]:
    """Every measurement starts a server of its own on empty databases, so that their order does not matter."""
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        folder = Path(place)
        async with CONTENDERS[contender](folder) as running:
            written = write_requests(INPUTS[name], running.host, running.key, folder / "requests")
            return written, await measure(running, INPUTS[name], written, seconds, lone=lone)


def _lone(batches: Sequence[str]) -> str:
    """The input beside which single events are measured."""
    return "1" if "1" in batches else batches[0]


def _in_short(measured: Measured) -> str:
    return (
        f"{measured.spent.cpu_us_in_all:.2f} us of CPU an event, {measured.peak.events_per_second:,.0f} events/s; "
        f"answers in {measured.half.p50_ms:.1f} ms (p99 {measured.half.p99_ms:.1f}) at half of that"
    )


def _say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
