"""Where the processor is while ingestion runs flat out: `python -m bench.profile --json`; see docs/benchmarks.md.

Linux's perf samples the server's process while wrk sends the reference input; each sample counts for the library (or
the kernel) that it was taken in, the interpreter's own split further by what it does.
"""

import asyncio
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import click

from bench.contenders import ingestion_role
from bench.load.requests import INPUTS, write_requests
from bench.load.wrk import send
from bench.native.__main__ import SERVERS
from gooddata.errors import ConfigurationError, GoodDataError

WARM_UP_SECONDS = 2.0
SAMPLES_A_SECOND = 997  # prime, so that it does not beat with anything periodic

# By the path of the file that a sample was taken in.
_LIBRARIES = (
    (r"\[kernel|\[unknown|\[guest", "kernel"),
    (r"/uvloop/", "uvloop: event loop, sockets"),
    (r"/httptools/", "httptools: parsing HTTP"),
    (r"/asyncpg/", "asyncpg: the line to PostgreSQL"),
    (r"/msgspec/", "msgspec: JSON"),
    (r"/numpy|/numpy.libs/", "numpy: columns of identities"),
    (r"/packing-", "packing.c: the native step"),
    (r"/libc[.-]|/libm[.-]|/ld-linux|vdso", "C library: copying, searching, allocating"),
    (r"/site-packages/", "other libraries"),
    (r"python", "interpreter"),
)
_INTERPRETER = (
    (r"^_?PyEval_EvalFrame", "interpreter: running bytecode"),
    (r"(?i)malloc|_free|dealloc|arena|gc_|_Del|realloc|pymem", "interpreter: making and freeing objects"),
    (r"(?i)call|frame|vectorcall|args", "interpreter: calls and frames"),
    (
        r"(?i)list|tuple|dict|set_|lookdict|long|unicode|bytes|memoryview|hash",
        "interpreter: lists, dicts, text, numbers",
    ),
)


@click.command()
@click.option("--batch", default="20", show_default=True, type=click.Choice(list(INPUTS)), help="the input")
@click.option(
    "--server", default="python", show_default=True, type=click.Choice(list(SERVERS)), help="see bench.native"
)
@click.option("--seconds", default=8.0, show_default=True, type=click.FloatRange(min=1), help="of sampling")
@click.option("--json", "json_", is_flag=True, help="print the whole report as JSON")
def main(batch: str, server: str, seconds: float, json_: bool) -> None:
    """Say in which code the ingestion server spends its time."""
    if shutil.which("perf") is None:
        raise ConfigurationError("the profile needs Linux's perf; on Debian: apt-get install linux-perf")
    shares = asyncio.run(_profile(batch, server, seconds))
    report = {"bench": "profile", "cores": os.cpu_count(), "batch": batch, "server": server, "shares": shares}
    click.echo(json.dumps(report, indent=None if json_ else 2))


async def _profile(batch: str, server: str, seconds: float) -> dict[str, float]:
    shape = INPUTS[batch]
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        folder = Path(place)
        start = functools.partial(ingestion_role, module=SERVERS[server])
        async with start(folder) as running:
            written = write_requests(shape, running.host, running.key, folder / "requests")
            keep_sending = functools.partial(send, shape, written, running.url, connections=shape.connections)
            keep_sending(seconds=WARM_UP_SECONDS)
            with _sampling(running.roots[0], folder / "perf.data", seconds):
                keep_sending(seconds=seconds + 1)
        return _shares(_samples(folder / "perf.data"))


class _sampling:
    def __init__(self, pid: int, to: Path, seconds: float) -> None:
        self._command = ["perf", "record", "-q", "-F", str(SAMPLES_A_SECOND), "-p", str(pid), "-o", str(to)]
        self._command += ["--", "sleep", str(seconds)]

    def __enter__(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=sys.stderr)

    def __exit__(self, *_: object) -> None:
        if self._process.wait():
            raise GoodDataError("perf could not sample the server; it said why above")


def _samples(recorded: Path) -> list[dict[str, Any]]:
    """Symbol and file of each sample."""
    command = ["perf", "script", "-i", str(recorded), "-F", "ip,sym,dso"]
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    found = re.findall(r"^\s*[0-9a-f]+ (.*?) \((.*?)\)$", printed, re.MULTILINE)
    if not found:
        raise GoodDataError("perf took no samples: may this user sample (kernel.perf_event_paranoid)?")
    return [{"symbol": symbol, "file": file} for symbol, file in found]


def _shares(samples: list[dict[str, Any]]) -> dict[str, float]:
    """The share of each kind of code in all samples, the largest first."""
    kinds = Counter(_kind(**sample) for sample in samples)
    return {kind: round(count / len(samples), 3) for kind, count in kinds.most_common()}


def _kind(symbol: str, file: str) -> str:
    kind = next((kind for sign, kind in _LIBRARIES if re.search(sign, file)), "other")
    if kind != "interpreter":
        return kind
    return next((part for sign, part in _INTERPRETER if re.search(sign, symbol)), "interpreter: the rest")


if __name__ == "__main__":
    main()
