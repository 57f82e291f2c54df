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

from gooddata.persistence.embedded.child import die_with_parent
from tests.conftest import free_port
from tests.integration.certificates import certified

_SERVER = Path(sys.executable).parent / "nats-server"


async def _silent(_):
    """Servers that have just been started do not answer yet."""


class OneMachine:
    """Where servers listen, each for clients and for the others: on ports of this machine."""

    def __init__(self, count):
        self.listen = [f"127.0.0.1:{free_port()}" for _ in range(count)]
        self.listen_routes = [f"127.0.0.1:{free_port()}" for _ in range(count)]
        self.clients = self.listen
        self.command_prefix = [[] for _ in range(count)]

    def routes(self, number):
        """By which a server reaches the others."""
        return self.listen_routes


class NatsServers:
    """`await start()`, `end()`; on disk in `folder`, and synced there before the answer, unless told else; on a
    `network`, this machine unless given another. `tls`: with a certificate of an authority of its own, for those alone
    who know the password."""

    def __init__(self, folder, count=1, options="", sync="always", network=None, tls=False):
        self.folder = folder
        self.login = self.password = self.ca = None
        self._network = network or OneMachine(count)
        self._processes = [None] * count
        folder.mkdir(parents=True, exist_ok=True)
        if tls:
            self.login, self.password = "gooddata", "of the tests".replace(" ", "-")
            self.ca, key, certificate = certified(folder, "127.0.0.1")
            options += f'\ntls {{ cert_file: "{certificate}", key_file: "{key}" }}'
            options += f'\nauthorization {{ user: "{self.login}", password: "{self.password}" }}'
        for number in range(count):
            routes = ", ".join(f'"nats://{route}"' for route in self._network.routes(number))
            listen = self._network.listen_routes[number]
            cluster = f'cluster {{ name: tests, listen: "{listen}", no_advertise: true, routes: [{routes}] }}'
            self._config(number).write_text(
                f'server_name: "n{number}"\nlisten: "{self._network.listen[number]}"\n{options}\n'
                f'jetstream {{ store_dir: "{folder}/{number}", sync_interval: {sync} }}\n'
                + (cluster if count > 1 else "")
            )

    def url(self, stream="GOODDATA"):
        hosts = ",".join(self._network.clients)
        if self.ca is None:
            return f"nats://{hosts}/{stream}"
        return f"tls://{self.login}:{self.password}@{hosts}/{stream}?ca={self.ca}"

    @property
    def ports(self):
        """By which clients reach them."""
        return [int(at.split(":")[1]) for at in self._network.clients]

    @property
    def pids(self):
        return [process.pid for process in self._processes]

    async def start(self, number=None):
        """Starts the servers, or one of them, and waits until a stream can be asked for."""
        for each in range(len(self._processes)) if number is None else [number]:
            command = [*self._network.command_prefix[each], _SERVER, "-c", self._config(each)]
            with (self.folder / f"{each}.log").open("ab") as log:
                self._processes[each] = subprocess.Popen(
                    command, stdout=log, stderr=log, preexec_fn=die_with_parent(signal.SIGKILL)
                )
        await self._answers()
        return self

    async def _answers(self):
        tls = {"tls": ssl.create_default_context(cafile=self.ca)} if self.ca else {}
        for _ in range(400):
            with suppress(Exception):
                client = await nats.connect(
                    [f"nats://{at}" for at in self._network.clients],
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
