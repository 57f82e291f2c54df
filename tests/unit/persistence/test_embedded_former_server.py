import os
import subprocess
from pathlib import Path

import pytest

from gooddata.persistence.embedded.former_server import (
    PID_FILE,
    _is_of,
    _linux_processes,
    _processes_from_ps,
    cluster_name,
    end_former_server,
    postmaster_pid,
)


@pytest.mark.parametrize(
    ("title", "is_ours"),
    [
        ("/opt/pg/bin/postgres -D /proc/self/cwd -c port=20000 -c cluster_name=gooddata-1-a ", True),
        ("postgres: gooddata-1-a: checkpointer ", True),
        ("postgres: gooddata-1-a: gooddata raw 127.0.0.1(5000) idle ", True),
        ("/opt/pg/bin/postgres -D /data -c cluster_name=gooddata-1-ab ", False),
        ("postgres: gooddata-1-ab: checkpointer ", False),
        ("postgres: checkpointer ", False),
        ("vi postgres cluster_name=gooddata-1-a ", False),
        ("", False),
    ],
)
def test_a_process_is_known_by_its_title(title: str, is_ours: bool) -> None:
    assert _is_of("gooddata-1-a", title) is is_ours


def test_a_copied_folder_has_a_name_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert cluster_name(tmp_path / "one") != cluster_name(tmp_path / "two")
    assert len(cluster_name(tmp_path / "one")) < 63  # PostgreSQL cuts it there


def test_a_reused_number_is_forgotten_and_its_process_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as innocent:
        (tmp_path / PID_FILE).write_text(f"{innocent.pid}\n{tmp_path}\n")
        assert end_former_server(tmp_path, 1) == []
        assert innocent.poll() is None
        innocent.kill()
    assert postmaster_pid(tmp_path) is None


def test_the_note_of_a_dead_postmaster_is_left_to_postgres(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    (tmp_path / PID_FILE).write_text(f"{dead.pid}\n")
    end_former_server(tmp_path, 1)
    assert postmaster_pid(tmp_path) == dead.pid


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="compares ps with /proc")
def test_ps_and_proc_tell_the_same() -> None:
    def me(listing):
        return next((pid, uid, title.split()) for pid, uid, title in listing if pid == os.getpid())

    try:
        from_ps = me(_processes_from_ps())
    except FileNotFoundError:
        pytest.skip("no ps here")
    assert from_ps == me(_linux_processes())
