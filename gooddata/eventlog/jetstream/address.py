"""Where the log is: `nats://a,b,c`, with ports, a login and the stream's name as far as they differ from the usual.
`tls://` in place of `nats://` for TLS; `?ca=FILE` at the end names the authority of the servers' certificates."""

import re
import ssl

import msgspec

from gooddata.errors import ConfigurationError

STREAM = "GOODDATA"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Address(msgspec.Struct, frozen=True):
    """Servers of a cluster, and a stream there."""

    servers: list[str]
    stream: str = STREAM
    user: str | None = None
    password: str | None = None
    ca: str | None = None

    def tls(self) -> ssl.SSLContext | None:
        """What a server has to show; None without TLS. Raises ConfigurationError where the authority cannot be read."""
        if not self.servers[0].startswith("tls://"):
            return None
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as failure:
            raise ConfigurationError(f"the certificate authority {self.ca} cannot be read: {failure}") from None


def is_nats(log: str) -> bool:
    """Whether the setting `log` names NATS servers."""
    return log.startswith(("nats://", "tls://"))


def address_of(log: str) -> Address:
    """Raises ConfigurationError, which does not repeat what may hold a password.

    >>> address_of("nats://me:secret@one,two:4333/shop")
    Address(servers=['nats://one', 'nats://two:4333'], stream='shop', user='me', password='secret', ca=None)
    """
    scheme, _, rest = log.partition("://")
    rest, _, ca = rest.replace(f"{scheme}://", "").partition("?ca=")
    hosts, _, name = rest.partition("/")
    login, _, hosts = hosts.rpartition("@")
    user, _, password = login.partition(":")
    servers = [host.strip().rsplit("@")[-1] for host in hosts.split(",")]
    if not all(servers) or not _NAME.fullmatch(name or STREAM):
        raise ConfigurationError("GOODDATA_LOG is no list of NATS servers; write it as nats://one,two,three")
    if ca and scheme != "tls":
        raise ConfigurationError("GOODDATA_LOG names a certificate authority, and no TLS: begin it with tls://")
    return Address(
        [f"{scheme}://{host}" for host in servers], name or STREAM, user or None, password or None, ca or None
    )
