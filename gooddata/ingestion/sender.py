"""Where a request comes from: the address at the other end of its connection, or the one that trusted proxies name."""

import ipaddress
from collections.abc import Iterable

from gooddata.errors import ConfigurationError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Proxies:
    """The proxies that are believed, written as addresses and networks with commas in between; by default none.

    Raises ConfigurationError for what is no address and no network.
    """

    def __init__(self, trusted: str | None) -> None:
        self._networks = []
        for part in (trusted or "").split(","):
            try:
                if part.strip():
                    self._networks.append(ipaddress.ip_network(part.strip(), strict=False))
            except ValueError:
                raise ConfigurationError(
                    f"trusted_proxies: {part.strip()!r} is no IP address and no network like 10.0.0.0/8"
                ) from None

    def sender(self, connected: str, forwarded: Iterable[str]) -> Address | None:
        """The sender's address: `connected` is host:port of the connection, `forwarded` its X-Forwarded-For headers.

        Every proxy adds, at the end, whom it heard from: read from there, what trusted proxies wrote is true, and the
        first address that is none of theirs is the sender's. What stands before it anyone can have made up.
        """
        address = parsed(connected)
        if address is None or not self._trusts(address):
            return address
        for hop in reversed([hop for header in forwarded for hop in header.split(",")]):
            before = parsed(hop)
            if before is None:
                return None
            address = before
            if not self._trusts(address):
                break
        return address

    def trusts(self, connected: str) -> bool:
        """Whether the other end of a connection, host:port, is one of these proxies."""
        address = parsed(connected)
        return address is not None and self._trusts(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def parsed(text: str) -> Address | None:
    """The address in 192.0.2.1, 192.0.2.1:80, 2001:db8::1 or [2001:db8::1]:80; None where there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped) or address
