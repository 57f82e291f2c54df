"""Runs wrk with one input at one pace, and reads what came of it."""

import os
import resource
import shutil
import subprocess
from pathlib import Path

import msgspec

from bench.load.requests import Input, Written
from gooddata.errors import ConfigurationError, GoodDataError

_SCRIPT = Path(__file__).parent / "send.lua"
_DRAIN_SECONDS = 1  # for the answers to what is under way when the sending ends
_PATIENCE_SECONDS = 10
_SEEDS = 2**50  # what a number of Lua holds exactly, with room for the thread's number

PEAK = "peak"


class Sent(msgspec.Struct, frozen=True):
    """What one run sent; every request of it was answered with 200. `late` arrivals found every connection busy."""

    requests: int
    events: int
    seconds: float
    p50_ms: float
    p99_ms: float
    late_share: float
    generator_cpu_seconds: float

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds


class _Answer(msgspec.Struct):
    sent: int
    answered: int
    late: int
    seconds: float
    p50_ms: float
    p99_ms: float
    not_ok: int
    connect_errors: int
    read_errors: int
    write_errors: int
    timeouts: int


def wrk() -> str:
    """The program. Raises ConfigurationError where it is missing."""
    found = shutil.which("wrk")
    if found is None:
        raise ConfigurationError("the load generator wrk is missing; on Debian: apt-get install wrk")
    return found


def send(shape: Input, requests: Written, url: str, *, seconds: float, pace: str = PEAK, connections: int) -> Sent:
    """Sends for `seconds`, and returns when all is answered. Raises GoodDataError when an answer was not 200."""
    seed = int.from_bytes(os.urandom(8)) % _SEEDS
    arguments = {
        "file": requests.path,
        "seed": seed,
        "visitors": shape.visitors,
        "ids": shape.ids,
        "seconds": seconds,
        "pace": pace,
    }
    command = [wrk(), "-t1", f"-c{connections}", f"-d{int(seconds + 0.999) + _DRAIN_SECONDS}s"]
    command += [f"--timeout={_PATIENCE_SECONDS}s", "-s", str(_SCRIPT), url, "--"]
    command += [f"{name}={value}" for name, value in arguments.items()]
    before = _children_cpu()
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    spent = _children_cpu() - before
    try:
        answer = msgspec.json.decode(ran.stdout.strip().rpartition("\n")[2], type=_Answer)
    except msgspec.DecodeError:
        raise GoodDataError(f"wrk failed: {ran.stdout.strip()}") from None
    _require_all_ok(answer)
    return Sent(
        requests=answer.answered,
        events=answer.answered * shape.events,
        seconds=answer.seconds,
        p50_ms=answer.p50_ms,
        p99_ms=answer.p99_ms,
        late_share=answer.late / max(answer.sent, 1),
        generator_cpu_seconds=spent,
    )


def _require_all_ok(answer: _Answer) -> None:
    failures = {
        "answers that were no 200": answer.not_ok,
        "connections refused": answer.connect_errors,
        "broken reads": answer.read_errors,
        "broken writes": answer.write_errors,
        "timeouts": answer.timeouts,
        "requests without an answer": answer.sent - answer.answered,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in failures.items() if count)
    if said or not answer.answered:
        raise GoodDataError(f"of {answer.sent:,} requests not all went well: {said or 'none was sent'}")


def _children_cpu() -> float:
    """User and system time of child processes that have ended: between two readings, wrk alone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
