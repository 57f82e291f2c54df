"""Networks that NATS servers are on, and that are really cut: hosts in namespaces of the kernel's, or, where these are
not allowed, ports of this machine with a proxy on every way."""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import AsyncExitStack
from pathlib import Path

from gooddata.persistence.embedded.child import die_with_parent
from tests.integration.lossy_proxy import LossyProxy

_CLIENTS, _ROUTES = 4222, 6222
_SUBNET = "10.213"


class Namespaces:
    """A host per server, each a network namespace with an address of its own, joined by a switch that this machine is
    on, too. What is cut is silent, as with a cable pulled: nobody is told that a connection is over."""

    kind = "network namespaces"

    def __init__(self, count):
        # Two runs at a time are on networks of their own.
        self._net = f"{_SUBNET}.{os.getpid() % 250 + 1}"
        self._name = f"gd{os.getpid() % 100_000}"
        self._held = []
        self._count = count
        self.clients = [f"{self._net}.{number + 10}:{_CLIENTS}" for number in range(count)]
        self.listen = self.clients
        self.listen_routes = [f"{self._net}.{number + 10}:{_ROUTES}" for number in range(count)]

    def routes(self, number):
        return self.listen_routes

    @property
    def command_prefix(self):
        return [["nsenter", f"--net=/proc/{pid}/ns/net", "--"] for pid in self._hosts]

    @property
    def _hosts(self):
        return [holder.pid for holder in self._held[1:]]

    async def __aenter__(self):
        try:
            for _ in range(self._count + 1):
                self._held.append(_namespace())
            self._build()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    def _build(self):
        switch = self._held[0].pid
        _run("ip link add name switch type bridge", switch)
        _run("ip link set switch up", switch)
        # The other end of this machine's cable is in the switch's namespace: both go when that does.
        _run(f"ip link add name {self._name} type veth peer name here netns {switch}")
        _run(f"ip addr add {self._net}.1/24 dev {self._name}")
        _run(f"ip link set {self._name} up")
        _run("ip link set here master switch up", switch)
        for number, host in enumerate(self._hosts):
            _run(f"ip link add name cable type veth peer name port{number} netns {switch}", host)
            _run(f"ip addr add {self._net}.{number + 10}/24 dev cable", host)
            _run("ip link set lo up", host)
            _run("ip link set cable up", host)
            _run(f"ip link set port{number} master switch up", switch)

    async def __aexit__(self, *_):
        for holder in self._held:
            holder.kill()
            holder.wait()

    def unplug(self, number):
        """A server's cable is pulled: neither the others nor clients reach it."""
        _run(f"ip link set port{number} down", self._held[0].pid)

    def plug(self, number):
        _run(f"ip link set port{number} up", self._held[0].pid)

    def part(self, number):
        """A server and the others do not reach each other any more; clients reach all of them."""
        self._between(number, "add")

    def join(self, number):
        self._between(number, "del")

    def _between(self, number, what):
        for other in range(self._count):
            if other != number:
                _run(f"ip route {what} blackhole {self._net}.{other + 10}/32", self._hosts[number])
                _run(f"ip route {what} blackhole {self._net}.{number + 10}/32", self._hosts[other])


class Proxies:
    """Servers on ports of this machine, a proxy on the way from each to each and from clients to each. What is cut is
    told: connections break, and new ones are refused."""

    kind = "proxies"

    def __init__(self, count):
        self._count = count
        ports = kept_ports(2 * count)
        self.listen = [f"127.0.0.1:{port}" for port in ports[:count]]
        self.listen_routes = [f"127.0.0.1:{port}" for port in ports[count:]]
        self.command_prefix = [[] for _ in range(count)]
        self._stack = AsyncExitStack()
        self._of_clients, self._between = [], {}
        self.clients, self._ways = [], {}

    def routes(self, number):
        return [way for (start, _), way in self._ways.items() if start == number]

    async def __aenter__(self):
        for number in range(self._count):
            proxy, at = await self._proxy(self.listen[number])
            self._of_clients.append(proxy)
            self.clients.append(at)
            for other in range(self._count):
                if other != number:
                    self._between[number, other], self._ways[number, other] = await self._proxy(
                        self.listen_routes[other]
                    )
        return self

    async def _proxy(self, to):
        proxy = LossyProxy(int(to.split(":")[1]))
        return proxy, f"127.0.0.1:{await self._stack.enter_async_context(proxy.running())}"

    async def __aexit__(self, *_):
        await self._stack.aclose()

    def unplug(self, number):
        self.part(number)
        self._of_clients[number].cut()

    def plug(self, number):
        self._of_clients[number].is_cut = False
        self.join(number)

    def part(self, number):
        for ends, proxy in self._between.items():
            if number in ends:
                proxy.cut()

    def join(self, number):
        for ends, proxy in self._between.items():
            if number in ends:
                proxy.is_cut = False


def kept_ports(count):
    """Ports that are free, and stay so while nobody listens: no outgoing connection begins at one (Linux takes those
    from 32,768 on)."""
    found = []
    for port in random.SystemRandom().sample(range(20_000, 32_000), 1_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise OSError("there are no free ports")


def network_of(count):
    """Namespaces where the machine allows them."""
    return Namespaces(count) if namespaces_are_allowed() else Proxies(count)


def namespaces_are_allowed():
    try:
        holder = _namespace()
    except (OSError, subprocess.SubprocessError):
        return False
    try:
        _run("ip link add name a0 type veth peer name b0", holder.pid)
        _run("ip link add name switch type bridge", holder.pid)
        return True
    except (OSError, subprocess.SubprocessError):
        return False
    finally:
        holder.kill()
        holder.wait()


def _namespace():
    """A process that does nothing but be in a network namespace of its own, which ends with it, and with this one."""
    own = Path("/proc/self/ns/net").readlink()
    holder = subprocess.Popen(
        ["unshare", "--net", "sleep", "infinity"],
        preexec_fn=die_with_parent(signal.SIGKILL),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        if holder.poll() is not None:
            raise OSError("no network namespace can be made here")
        if Path(f"/proc/{holder.pid}/ns/net").readlink() != own:
            return holder
        time.sleep(0.01)
    holder.kill()
    raise OSError("no network namespace can be made here")


def _run(command, host=None):
    """Runs a command on this machine, or on the one that the process `host` is on."""
    prefix = [] if host is None else ["nsenter", f"--net=/proc/{host}/ns/net", "--"]
    subprocess.run([*prefix, *command.split()], check=True, capture_output=True)
