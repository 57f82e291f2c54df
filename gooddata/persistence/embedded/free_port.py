"""Chooses the TCP port of the server, the former one if it is free."""

import random
import socket
from contextlib import suppress
from pathlib import Path

from gooddata.errors import ConfigurationError

# Below the ports that Linux (32768) and macOS (49152) hand out to outgoing connections: a client that tries again and
# again to reach a dead server on such a port is one day given that very port, and takes it away from the server.
CANDIDATES = range(20000, 32768)
PORT_FILE = "port"


def free_port(folder: Path) -> int:
    """A port on 127.0.0.1 that nobody listens on: the one last used in `folder`, or else a random one."""
    former = None
    with suppress(FileNotFoundError, ValueError):
        former = int((folder / PORT_FILE).read_text())
    for port in [former, *random.sample(CANDIDATES, 100)]:
        if port is not None and port in CANDIDATES and _is_free(port):
            return port
    raise ConfigurationError(
        f"No free port for PostgreSQL on 127.0.0.1: 100 ports between {CANDIDATES.start} and {CANDIDATES.stop} were "
        "tried. Stop some of the programs that listen there."
    )


def remember_port(folder: Path, port: int) -> None:
    """Make `port` the first choice of the next start, so that a DSN handed out once stays right."""
    path = folder / PORT_FILE
    if not path.exists() or path.read_text() != f"{port}\n":
        path.write_text(f"{port}\n")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True
