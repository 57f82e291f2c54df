"""What does each library cost the page that it is on?

Chromium, slowed down four times, visits one heavy page with no library, with GoodData's and with each of the others, in
turn, several times. Prints JSON: bytes, and medians over the visits of the main thread's milliseconds.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bench.chromium import VISITOR_FLAGS
from bench.engine.libraries import LIBRARIES, Library, brotli_bytes, bundle
from bench.engine.site import Site
from bench.engine.trace import Cost, cost
from bench.engine.visit import SLOWER, visit


async def measure(rounds: int, names: list[str]) -> dict[str, Any]:
    """The figures of each library by its name, over so many rounds."""
    libraries = [library for library in LIBRARIES if not names or library.name in names]
    with tempfile.TemporaryDirectory() as folder:
        scripts = bundle(Path(folder))
    costs: dict[str, list[Cost]] = {library.name: [] for library in libraries}
    interactions: dict[str, list[float]] = {library.name: [] for library in libraries}
    sent: dict[str, list[tuple[int, int]]] = {library.name: [] for library in libraries}
    with Site(libraries, scripts) as site:
        async with async_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = await playwright.chromium.launch(executable_path=chromium, args=VISITOR_FLAGS)
            version = browser.version
            for _ in range(rounds):
                for place, library in enumerate(libraries):
                    before = site.requests, site.sent_bytes
                    made = await visit(browser, f"{site.url}/{place}")
                    sent[library.name].append((site.requests - before[0], site.sent_bytes - before[1]))
                    costs[library.name].append(cost(made.trace, library.script and f"/lib/{library.script}"))
                    interactions[library.name].extend(made.interactions_ms)
            await browser.close()
    return {
        "bench": "engine",
        "cores": os.cpu_count(),
        "chromium": version,
        "slower": SLOWER,
        "rounds": rounds,
        "libraries": {
            library.name: _figures(
                library, scripts, costs[library.name], interactions[library.name], sent[library.name]
            )
            for library in libraries
        },
    }


def _figures(
    library: Library,
    scripts: dict[str, bytes],
    costs: list[Cost],
    interactions: list[float],
    sent: list[tuple[int, int]],
) -> dict[str, Any]:
    script = scripts[library.script] if library.script else b""
    by_event: dict[str, list[float]] = {}
    for each in costs:
        for kind, times in each.handlers.items():
            by_event.setdefault(kind, []).extend(times)
    calls = [time for times in by_event.values() for time in times]
    slowest = max(by_event, key=lambda kind: statistics.median(by_event[kind]), default=None)
    return {
        "bytes": len(script),
        "brotli": brotli_bytes(script) if script else 0,
        "evaluation_ms": _median([each.evaluation_ms for each in costs]),
        "handler_ms": {
            "median": _median(calls),
            "p95": _percentile(calls, 95),
            "max": _rounded(max(calls, default=0.0)),
        },
        "slowest_handler": slowest and {"event": slowest, "median_ms": _median(by_event[slowest])},
        "handlers_ms": {kind: _median(times) for kind, times in sorted(by_event.items())},
        "longest_in_a_task_ms": _rounded(max(each.longest_in_a_task_ms for each in costs)),
        "long_tasks": _median([each.long_tasks for each in costs]),
        "busy_ms": _median([each.busy_ms for each in costs]),
        "interaction_ms": {"median": _median(interactions), "p98": _percentile(interactions, 98)},
        "requests": _median([requests for requests, _ in sent]),
        "sent_bytes": _median([count for _, count in sent]),
    }


def _median(values: list[float] | list[int]) -> float:
    return _rounded(statistics.median(values)) if values else 0.0


def _percentile(values: list[float], percent: int) -> float:
    return _rounded(statistics.quantiles(values, n=100)[percent - 1]) if len(values) > 1 else 0.0


def _rounded(value: float) -> float:
    return round(value, 3)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--library", action="append", default=[], help="only these, by name")
    chosen = options.parse_args()
    print(json.dumps(asyncio.run(measure(chosen.rounds, chosen.library)), indent=2))
