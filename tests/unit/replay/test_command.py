"""The command in a process of its own: signals, standard input, standard error."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gooddata.errors import InputError
from gooddata.replay.command import run

SCRIPT = """
import sys, msgspec
from gooddata.replay.command import run
path, url, speed = sys.argv[1:]
print(msgspec.json.encode(run(path, "retailrocket", url=url, key="k", speed=speed)).decode())
"""


async def start(path: str, api: Any, speed: str = "max") -> Process:
    arguments = [sys.executable, "-c", SCRIPT, path, api.url, speed]
    return await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE)


async def test_reads_standard_input_and_answers_with_the_report(api: Any) -> None:
    process = await start("-", api)
    out, err = await process.communicate(b"1000,1,view,5,2\n2000,2,view,5,2\n")
    assert process.returncode == 0, err.decode()
    report = msgspec.json.decode(out)
    assert (report["accepted"], report["stopped"]) == (2, None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_with_the_report_so_far(tmp_path: Path, api: Any, number: signal.Signals) -> None:
    path = tmp_path / "slow.csv"
    path.write_text("0,1,view,1,1\n999999999,1,view,1,1\n")
    process = await start(str(path), api, "1x")
    await api.until(lambda: bool(api.events))
    process.send_signal(number)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    report = msgspec.json.decode(out)
    assert (report["accepted"], report["stopped"]) == (1, "interrupted")


def test_options_are_checked_before_anything_is_read() -> None:
    for options in ({"speed": "fast"}, {"shift": "later"}):
        with pytest.raises(InputError, match="write"):
            run("nowhere", "ndjson", url="http://127.0.0.1:9", key="k", **options)
