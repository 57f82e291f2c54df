"""How far would a small native step get? `python -m bench.native --json`; see docs/benchmarks.md."""

import asyncio
import functools
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench.contenders import ingestion_role
from bench.load.requests import INPUTS, write_requests
from bench.measurement import Measured, measure
from bench.native.build import native_pack
from bench.native.steps import compare

SERVERS = {"python": "gooddata", "native": "bench.native.launch"}


@click.command()
@click.option("--batches", default="1,20,20_segment,500", show_default=True, help="inputs, by events in a request")
@click.option("--seconds", default=5.0, show_default=True, type=click.FloatRange(min=0.5), help="of each stretch")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="of which medians are taken")
@click.option("--json", "json_", is_flag=True, help="print the whole report as JSON")
def main(batches: str, seconds: float, rounds: int, json_: bool) -> None:
    """Measure ingestion with and without the native step, in its steps alone and in the whole server."""
    native_pack()
    report = {"bench": "native", "cores": os.cpu_count(), "seconds": seconds, "rounds": rounds, "batches": {}}
    for name in batches.split(","):
        report["batches"][name] = asyncio.run(_of_input(name, seconds, rounds))  # type: ignore[index]
    click.echo(json.dumps(report, indent=None if json_ else 2))


async def _of_input(name: str, seconds: float, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as folder:
        steps = compare(INPUTS[name], Path(folder), rounds)
    measured: dict[str, list[Measured]] = {server: [] for server in SERVERS}
    for turn in range(1, rounds + 1):
        for server in SERVERS:
            measured[server].append(await _measure_new(server, name, seconds))
            cpu = measured[server][-1].spent.cpu_us_in_all
            print(f"round {turn} of {rounds}, {name} a request, {server}: {cpu:.2f} us", file=sys.stderr, flush=True)
    by_round = {server: [round(one.spent.cpu_us_in_all, 2) for one in took] for server, took in measured.items()}
    return {
        "steps_cpu_us_per_event": steps,
        "cpu_us_per_event": {server: median(took) for server, took in by_round.items()} | {"by_round": by_round},
        "events_per_second": {
            server: round(median(one.peak.events_per_second for one in took)) for server, took in measured.items()
        },
    }


async def _measure_new(server: str, name: str, seconds: float) -> Measured:
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        folder = Path(place)
        start = functools.partial(ingestion_role, module=SERVERS[server])
        async with start(folder) as running:
            written = write_requests(INPUTS[name], running.host, running.key, folder / "requests")
            return await measure(running, INPUTS[name], written, seconds, lone=False)


if __name__ == "__main__":
    main()
