"""What nobody waits for runs on cores that nothing else wants, and its event loop as before."""

import os
import subprocess
import sys

import pytest

from gooddata.intelligence.background import NICENESS, idle_threads

pytestmark = pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="the kernel has no such policy")


def test_threads_are_idle_and_who_asks_them_is_not():
    with idle_threads() as threads:
        assert set(threads.map(lambda _: os.sched_getscheduler(0), range(8))) == {os.SCHED_IDLE}
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_process_that_makes_way_keeps_what_it_starts_where_it_is_itself():
    script = """
import os, subprocess, sys
from gooddata.intelligence.background import idle_threads, make_way
make_way()
with idle_threads() as threads:
    threads.submit(os.getpid).result()
    print(os.sched_getscheduler(0), os.nice(0))
    ask = "import os; print(os.sched_getscheduler(0), os.nice(0))"
    subprocess.run([sys.executable, "-c", ask], check=True)
"""
    before = os.nice(0)
    said = subprocess.run([sys.executable, "-uc", script], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert said.splitlines() == [f"{os.SCHED_OTHER} {min(before + NICENESS, 19)}"] * 2


def scheduler_told_by(script):
    command = [sys.executable, "-c", "import asyncio, os, sys\n" + script]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, input=ORDER
    )
    return int(done.stdout)


ORDER = '{"analytics_dsn": "postgresql://127.0.0.1:1/none", "project": "p", "memory_mb": 2048}'


def test_what_the_trainer_works_out_in_threads_is_idle():
    script = """
from gooddata.intelligence.training import keep_trained
async def main():
    training = asyncio.create_task(keep_trained("postgresql://127.0.0.1:1/none"))
    await asyncio.sleep(0)
    print(await asyncio.to_thread(os.sched_getscheduler, 0))
    os._exit(0 if not sys.stdout.flush() else 1)
asyncio.run(main())
"""
    assert scheduler_told_by(script) == os.SCHED_IDLE


def test_what_fits_is_idle():
    script = """
from gooddata.intelligence import fitting
async def told(order, tell):
    print(os.sched_getscheduler(0))
fitting._train = told
fitting.main()
"""
    assert scheduler_told_by(script) == os.SCHED_IDLE
