"""A connection to the NATS servers, which goes from one to the next by itself."""

import logging
import random
import socket
import ssl
from collections.abc import Callable

import nats.errors
from nats.aio.client import Client

from gooddata.errors import ConfigurationError
from gooddata.eventlog.jetstream.address import Address

PATIENCE_SECONDS = 5.0  # a cluster that has not answered for so long counts as away
PING_SECONDS = 2  # a server whose machine is gone without a word is given up after three of these
OLDEST_SERVER = (2, 12)  # the first that stores several messages at once or none

# What a connection raises when the server is away, going away or not yet ready.
UNAVAILABLE = (nats.errors.Error, OSError, TimeoutError)

logger = logging.getLogger(__name__)


class Connection(Client):
    """Says nothing, least of all a password, to a server without TLS where TLS was asked for, where the library's own
    goes on without it; and gives up a server whose certificate is no good, where the other waits for ever.

    `on_loss` is called whenever a server is lost."""

    on_loss: Callable[[], None] | None = None

    async def _process_connect_init(self) -> None:
        try:
            await super()._process_connect_init()
        except ssl.SSLError:
            # The connection is closed. Nothing tells the transport so, which would be waited for.
            self._transport = None
            raise

    def _connect_command(self) -> bytes:
        if "tls" in self.options and not self._server_info.get("tls_required"):
            raise nats.errors.Error("the server does not speak TLS")
        command: bytes = super()._connect_command()
        return command


async def connected(address: Address) -> Connection:
    """Raises ConfigurationError when no server can be used, or it is too old."""
    failures: list[Exception] = []

    async def limit_silence() -> None:
        _limit_silence(client)

    async def note(failure: Exception) -> None:
        failures[:] = [failure]
        logger.debug("the NATS client reports: %s", failure)

    async def tell() -> None:
        if client.on_loss is not None:
            client.on_loss()

    client = Connection()
    try:
        await client.connect(
            random.sample(address.servers, len(address.servers)),
            tls=address.tls(),
            user=address.user,
            password=address.password,
            name="gooddata",
            connect_timeout=2,
            dont_randomize=True,  # in turn, so that who gives a server up comes to another one
            ping_interval=PING_SECONDS,
            max_reconnect_attempts=3,
            reconnect_time_wait=0.1,  # type: ignore[arg-type]  # it takes parts of seconds
            error_cb=note,
            disconnected_cb=tell,
            reconnected_cb=limit_silence,
        )
    except UNAVAILABLE as failure:
        await client.close()
        hosts = ", ".join(address.servers)
        why = reason_of([failure, *failures][-1])
        raise ConfigurationError(f"no NATS server can be used at {hosts} ({why}): is one running?") from None
    _limit_silence(client)
    # From here on it comes back by itself.
    client.options["max_reconnect_attempts"] = -1
    version = client.connected_server_version
    if (version.major, version.minor) < OLDEST_SERVER:
        await client.close()
        raise ConfigurationError(f"the NATS server is {version.major}.{version.minor}; 2.12 or newer is needed")
    return client


def reason_of(failure: BaseException) -> str:
    """What an error says, or what it is where it says nothing."""
    return str(failure) or type(failure).__name__


def _limit_silence(client: Client) -> None:
    """Has the system give up a connection whose other end confirms nothing any more. The client, which closes one when
    all is sent, would wait for a machine that is gone."""
    writer = getattr(getattr(client, "_transport", None), "_bare_io_writer", None)
    if writer is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1_000 * PATIENCE_SECONDS))
