import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.folder_lock import LOCK_FILE, FolderLock


def test_the_second_is_told_who_is_the_first_and_what_to_do(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    with pytest.raises(ConfigurationError) as refused:
        second.acquire()
    assert str(refused.value) == (
        f"{tmp_path} is already in use by gooddata (pid {os.getpid()}). Stop it, or choose another folder with --data."
    )
    first.release()
    second.acquire()
    second.release()


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "a" / "b")
    lock.acquire()
    lock.acquire()  # changes nothing
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    lock.release()
    lock.release()


def test_the_file_of_a_killed_process_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text("1\n")
    lock = FolderLock(tmp_path)
    lock.acquire()
    assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"
    lock.release()


def test_a_forked_worker_that_outlives_a_killed_parent_does_not_keep_the_folder(tmp_path: Path) -> None:
    script = """
import os, sys, time
from pathlib import Path
from gooddata.persistence.embedded.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
worker = os.fork()
if worker == 0:
    print(os.getpid(), flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    lock = FolderLock(tmp_path)
    lock.acquire()
    lock.release()
    os.kill(worker, signal.SIGKILL)  # it was alive


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"file is needed as a folder, but a file is in the way"):
        FolderLock(tmp_path / "file").acquire()
