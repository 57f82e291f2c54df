"""Does the product hold 60% of what it can do, as long as one likes, and recover from three times as much as it can?

A `gooddata up` of its own gets requests of mixed sizes, some of them sent twice, some with events that must be refused.
First its capacity is measured, in the same run and beside the same generator: how many events a second are acknowledged
when senders never wait, and how many go all the way to the tables. Then 60% of that comes at moments that are fixed
beforehand, over 2,000 connections that stay open. Then, for 30 seconds, three times as many as can be acknowledged,
over more connections than the server may open. At the end every event is looked for by its id. Prints JSON.
"""

import argparse
import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.load.counted import count
from bench.load.mixed import MIX, templates
from bench.load.open_loop import Phase, Stretch
from bench.load.watch import Sample, Spent, Watch
from bench.product import product

SHARE = 0.6
TIMES = 3.0
BURST_SECONDS, BEFORE_SECONDS, AFTER_SECONDS = 30.0, 10.0, 45.0
FLOOD_SECONDS, WARM_UP_SECONDS = 60.0, 10.0
FLOOD_CONNECTIONS = 256  # so many that the server never waits for a sender
AIM_MS = 50.0
CAUGHT_UP_SECONDS = 5.0  # of lag, which do not grow
STEADY_SECONDS = 3  # in a row that are as they should be, and it has recovered
CATCH_UP_SECONDS = 900.0
EVENTS_A_REQUEST = sum(size * weight for size, weight in MIX.items()) / sum(MIX.values())


class Lengths(msgspec.Struct, frozen=True):
    """How many seconds each part takes."""

    steady: float
    flood: float = FLOOD_SECONDS
    warm_up: float = WARM_UP_SECONDS
    burst: float = BURST_SECONDS
    before: float = BEFORE_SECONDS
    after: float = AFTER_SECONDS


class Generator:
    """The process that sends; `with Generator(...) as generator`."""

    def __init__(self, running: dict[str, Any], seed: int, connections: int, kept: Path) -> None:
        port = running["url"].rpartition(":")[2]
        words = ["bench.load.open_loop", port, running["write_key"], str(seed), str(connections), str(kept)]
        self._command = [sys.executable, "-m", *words]

    def __enter__(self) -> "Generator":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    async def send(self, *stretches: Stretch) -> dict[str, Any]:
        """Sends them one after another; what came of it."""
        return await asyncio.to_thread(self._send, Phase(list(stretches)))

    def _send(self, phase: Phase) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(phase) + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        """Has it write down all that it has sent."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


async def drive(
    running: dict[str, Any], lengths: Lengths, connections: int, seed: int, beyond: int, folder: Path
) -> dict[str, Any]:
    """A whole report. In the burst so many connections are tried as `beyond` says."""
    watch = Watch(running)
    watching = asyncio.create_task(watch.run())
    with Generator(running, seed, connections, folder / "sent.npz") as generator:
        tell("capacity")
        capacity = await capacity_of(generator, watch, lengths, connections)
        tell(f"60% of {capacity['end_to_end_events_per_second']:,.0f} events a second for {lengths.steady:.0f} s")
        rate = SHARE * capacity["end_to_end_events_per_second"] / EVENTS_A_REQUEST
        steady = await held(generator, watch, Stretch(rate, lengths.steady, connections))
        tell(json.dumps(steady))
        tell(f"{TIMES:.0f} times {capacity['acknowledged_events_per_second']:,.0f} for {lengths.burst:.0f} s")
        most = TIMES * capacity["acknowledged_events_per_second"] / EVENTS_A_REQUEST
        burst = await overloaded(
            generator,
            watch,
            Stretch(rate, lengths.before, connections),
            Stretch(most, lengths.burst, beyond),
            Stretch(rate, lengths.after, connections),
        )
        generator.end()
    tell(json.dumps(burst))
    tell("counting")
    caught_up = await watch.caught_up(CATCH_UP_SECONDS)
    watching.cancel()
    with np.load(folder / "sent.npz") as sent:
        host = running["url"].removeprefix("http://")
        counted = await count(running, sent, templates(host, running["write_key"]), folder)
    return {
        "capacity": capacity,
        "steady": steady,
        "burst": burst,
        "caught_up_at_the_end_seconds": round(caught_up, 1),
        "counted": counted,
        "held": verdict(steady, burst, counted),
    }


async def capacity_of(generator: Generator, watch: Watch, lengths: Lengths, connections: int) -> dict[str, Any]:
    """What is acknowledged when senders never wait, and what goes all the way."""
    some = min(FLOOD_CONNECTIONS, connections)
    await generator.send(Stretch(0, lengths.warm_up, some))
    await watch.caught_up(CATCH_UP_SECONDS)
    before, began = watch.cpu(), time.monotonic()
    sent = await generator.send(Stretch(0, lengths.flood, some))
    waited = await watch.caught_up(CATCH_UP_SECONDS)
    seconds, after = time.monotonic() - began, watch.cpu()
    [stretch] = sent["stretches"]
    events = stretch["acknowledged_events"]
    return {
        "connections": some,
        "acknowledged_events_per_second": stretch["acknowledged_events_per_second"],
        "end_to_end_events_per_second": round(events / seconds, 1),
        "caught_up_after_seconds": round(waited, 1),
        "generator_share_of_a_core": sent["generator_share_of_a_core"],
        **cost(before, after, events, seconds, sent["generator_share_of_a_core"]),
        "acknowledged": stretch["acknowledged"],
        "statuses": stretch["statuses"],
    }


async def held(generator: Generator, watch: Watch, stretch: Stretch) -> dict[str, Any]:
    """The long stretch, minute by minute."""
    first, before = len(watch.samples), watch.cpu()
    sent = await generator.send(stretch)
    after, seen = watch.cpu(), [*watch.samples[first:], await watch.look()]
    [told] = sent.pop("stretches")
    told.pop("by_second")
    return {
        "offered_events_per_second": round(stretch.rate * EVENTS_A_REQUEST, 1),
        **sent,
        **told,
        **cost(before, after, told["events"], sent["seconds"], sent["generator_share_of_a_core"]),
        "memory": memory(seen),
        "most_lag_seconds": max((one.lag_seconds for one in seen if one.lag_seconds < math.inf), default=0.0),
        "lag_seconds_at_the_end": seen[-1].lag_seconds,
        "samples": thinned(seen),
    }


async def overloaded(
    generator: Generator, watch: Watch, before: Stretch, burst: Stretch, after: Stretch
) -> dict[str, Any]:
    """The burst, between two stretches of what went before."""
    first = len(watch.samples)
    spent = watch.cpu()
    sent = await generator.send(before, burst, after)
    events = sum(one["acknowledged_events"] for one in sent["stretches"])
    spending = cost(spent, watch.cpu(), events, sent["seconds"], sent["generator_share_of_a_core"])
    seen = watch.samples[first:]
    told = dict(zip(("before", "during", "after"), sent.pop("stretches"), strict=True))
    recovered = recovered_after(told["after"]["by_second"])
    for one in told.values():
        one.pop("by_minute")
        one["by_second"] = [_line(second) for second in one["by_second"]]
    return {
        "offered_events_per_second": round(burst.rate * EVENTS_A_REQUEST, 1),
        "connections_tried": burst.connections,
        "recovered_after_seconds": recovered,
        **sent,
        **told,
        **spending,
        "most_waiting_events": max((one.waiting_events for one in seen), default=0.0),
        "samples": [msgspec.to_builtins(one) for one in seen],
    }


def recovered_after(seconds: Sequence[dict[str, Any]]) -> int | None:
    """Seconds until the first of some in a row in which nothing was refused and 99% were answered within the aim."""
    fine = [_is_fine(second) for second in seconds]
    return next((at for at in range(len(fine)) if all(fine[at : at + STEADY_SECONDS])), None)


def _is_fine(second: dict[str, Any]) -> bool:
    answered = second["acknowledged"].get("p99_ms", 0.0) <= AIM_MS
    return answered and not second["refused"] and not second["never_sent"] and not second["unanswered"]


def _line(second: dict[str, Any]) -> dict[str, Any]:
    """A second in few words."""
    return {
        "acknowledged_events": second["acknowledged_events"],
        "p50_ms": second["acknowledged"].get("p50_ms"),
        "p99_ms": second["acknowledged"].get("p99_ms"),
        "refused_p99_ms": second["refused"].get("p99_ms"),
        "statuses": second["statuses"],
        "never_sent": second["never_sent"],
    }


def cost(before: Spent, after: Spent, events: int, seconds: float, generator: float) -> dict[str, Any]:
    """What a stretch took, by kind of process, of an event and of a core; and what else the machine was busy with."""
    cpu = _between(before.cpu, after.cpu)
    waits = _between(before.waits, after.waits)
    elsewhere = (after.machine - before.machine - sum(cpu.values())) / seconds - generator
    of_an_event = {name: round(each / max(events, 1) * 1e6, 2) for name, each in cpu.items()}
    return {
        "cpu_us_per_event": of_an_event | {"all": round(sum(cpu.values()) / max(events, 1) * 1e6, 2)},
        "share_of_a_core": {name: round(each / seconds, 3) for name, each in cpu.items()},
        "waited_for_a_core": {name: round(each / seconds, 3) for name, each in waits.items()},
        "cores_busy_elsewhere": round(max(elsewhere, 0.0), 3),
    }


def _between(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    spent = {name: after[name] - before.get(name, 0.0) for name in sorted(after)}
    return {name: each for name, each in spent.items() if each > 0}


def memory(samples: Sequence[Sample]) -> dict[str, Any]:
    """Of each kind of process: at the beginning, the middle and the end, and how much it grew in an hour, by the line
    that fits the second half best."""
    told: dict[str, Any] = {}
    for name in sorted({name for one in samples for name in one.memory_mb}):
        held = [(one.at, one.memory_mb[name]) for one in samples if name in one.memory_mb]
        half = held[len(held) // 2 :]
        at, mb = np.array(half).T
        growth = float(np.polyfit((at - at[0]) / 3_600, mb, 1)[0]) if len(half) > 2 else 0.0
        ends = held[0][1], held[len(held) // 2][1], held[-1][1]
        told[name] = {"mb": ends, "most_mb": max(each for _, each in held), "mb_an_hour": round(growth, 1)}
    return told


def thinned(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """One sample a minute."""
    kept: list[Sample] = []
    for one in samples:
        if not kept or one.at - kept[-1].at >= 59:
            kept.append(one)
    return [msgspec.to_builtins(one) for one in kept]


def verdict(steady: dict[str, Any], burst: dict[str, Any], counted: dict[str, Any]) -> dict[str, bool]:
    """What was to be shown, and whether it was."""
    refusals = set(burst["during"]["statuses"]) - {"200"}
    recovered = burst["recovered_after_seconds"]
    all_told = [steady["wrong_receipts"], burst["wrong_receipts"]]
    return {
        "nothing_lost_nothing_twice": not counted["wrong"] and not any(all_told),
        "steady_answered_all": steady["statuses"].keys() == {"200"} and not steady["unanswered"],
        "steady_p99_within_aim": steady["acknowledged"]["p99_ms"] <= AIM_MS,
        "steady_caught_up": steady["lag_seconds_at_the_end"] < CAUGHT_UP_SECONDS,
        "burst_refused_with_429_or_503": bool(refusals) and refusals <= {"429", "503"},
        "recovered_within_10_seconds": recovered is not None and recovered <= 10,
    }


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(
    lengths: Lengths, connections: int, seed: int, descriptors: int, beyond: int, flags: Sequence[str] = ()
) -> dict[str, Any]:
    """Starts a product that may open so many descriptors, and reports."""
    loads = os.getloadavg()
    with product(*flags, descriptors=descriptors) as running, tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(drive(running, lengths, connections, seed, beyond, Path(folder)))
    told = {
        "bench": "sustained",
        "cores": os.cpu_count(),
        "load_before": loads[0],
        "minutes": lengths.steady / 60,
        "connections": connections,
        "seed": seed,
        "descriptors": descriptors,
        "mix": {str(size): weight / sum(MIX.values()) for size, weight in MIX.items()},
        "events_a_request": EVENTS_A_REQUEST,
    }
    return told | report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of the steady stretch")
    parser.add_argument("--connections", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--descriptors", type=int, default=4_096, help="that each process of the product may open")
    parser.add_argument("--beyond", type=int, default=5_000, help="connections that are tried in the burst")
    parser.add_argument("--flood", type=float, default=FLOOD_SECONDS, help="seconds in which capacity is measured")
    given = parser.parse_args()
    lengths = Lengths(given.minutes * 60, given.flood)
    measured = measure(lengths, given.connections, given.seed, given.descriptors, given.beyond)
    print(json.dumps(measured, indent=2))
