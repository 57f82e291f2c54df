"""Real NATS servers, one or a cluster of three, that tests kill, hold and start again."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import nats

from tests.conftest import free_port
from tests.integration.certificates import certified

_SERVER = Path(sys.executable).parent / "nats-server"


async def _silent(_):
    """Servers that have just been started do not answer yet."""


class NatsServers:
    """`await start()`, `end()`; on disk in `folder`, and synced there before the answer, unless told else. `tls`: with
    a certificate of an authority of its own, for those alone who know the password."""

    def __init__(self, folder, count=1, options="", sync="always", tls=False):
        self.folder = folder
        self.login = self.password = self.ca = None
        self.ports = [free_port() for _ in range(count)]
        self._processes = [None] * count
        folder.mkdir(parents=True, exist_ok=True)
        if tls:
            self.login, self.password = "gooddata", "of the tests".replace(" ", "-")
            self.ca, key, certificate = certified(folder, "127.0.0.1")
            options += f'\ntls {{ cert_file: "{certificate}", key_file: "{key}" }}'
            options += f'\nauthorization {{ user: "{self.login}", password: "{self.password}" }}'
        routes = [free_port() for _ in range(count)]
        for number in range(count):
            cluster = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
            cluster = f'cluster {{ name: tests, listen: "127.0.0.1:{routes[number]}", routes: [{cluster}] }}'
            self._config(number).write_text(
                f'server_name: "n{number}"\nlisten: "127.0.0.1:{self.ports[number]}"\n{options}\n'
                f'jetstream {{ store_dir: "{folder}/{number}", sync_interval: {sync} }}\n'
                + (cluster if count > 1 else "")
            )

    def url(self, stream="GOODDATA"):
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        if self.ca is None:
            return f"nats://{hosts}/{stream}"
        return f"tls://{self.login}:{self.password}@{hosts}/{stream}?ca={self.ca}"

    @property
    def pids(self):
        return [process.pid for process in self._processes]

    async def start(self, number=None):
        """Starts the servers, or one of them, and waits until a stream can be asked for."""
        for each in range(len(self.ports)) if number is None else [number]:
            with (self.folder / f"{each}.log").open("ab") as log:
                self._processes[each] = subprocess.Popen([_SERVER, "-c", self._config(each)], stdout=log, stderr=log)
        await self._answers()
        return self

    async def _answers(self):
        tls = {"tls": ssl.create_default_context(cafile=self.ca)} if self.ca else {}
        for _ in range(400):
            with suppress(Exception):
                client = await nats.connect(
                    [f"nats://127.0.0.1:{port}" for port in self.ports],
                    user=self.login,
                    password=self.password,
                    allow_reconnect=False,
                    error_cb=_silent,
                    **tls,
                )
                try:
                    await client.request("$JS.API.STREAM.NAMES", b"", timeout=2)
                    return
                finally:
                    await client.close()
            await asyncio.sleep(0.05)
        raise AssertionError("the NATS servers do not answer")

    def kill(self, number=0):
        """kill -9"""
        self._processes[number].kill()
        self._processes[number].wait()

    @asynccontextmanager
    async def held(self, number=0):
        """A server neither answers nor ends."""
        self._processes[number].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._processes[number].send_signal(signal.SIGCONT)

    def end(self):
        for process in self._processes:
            if process is not None and process.poll() is None:
                os.kill(process.pid, signal.SIGCONT)
                process.terminate()
        for process in self._processes:
            if process is not None:
                process.wait(10)

    def _config(self, number):
        return self.folder / f"{number}.conf"
