"""Where a webhook may go: to public addresses alone, so that nobody reaches through this server into its network."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from gooddata.errors import GoodDataError, InputError

LONGEST_URL = 2_000
_NAT64 = IPv6Network("64:ff9b::/96")


class NotReachable(GoodDataError):
    """The name of a webhook's server is not known now; it may be later."""


class Refused(GoodDataError):
    """A webhook leads to where it may not."""


def parse(url: str) -> httpx.URL:
    """The URL of a webhook. Raises InputError where it is none."""
    try:
        parsed = httpx.URL(url)
        is_usable = (
            parsed.scheme in ("https", "http")
            and parsed.host
            and parsed.raw_host
            and len(url) <= LONGEST_URL
            and _is_port(parsed)
        )
    except (httpx.InvalidURL, UnicodeError):
        is_usable = False
    if not is_usable:
        raise InputError("a webhook's target must be a URL such as https://example.com/hook", "target")
    if parsed.userinfo:
        raise InputError("leave user and password out of the URL; messages are signed", "target")
    return parsed


def _is_port(url: httpx.URL) -> bool:
    return url.port is None or 1 <= url.port <= 65_535


async def resolve(url: httpx.URL, private: bool) -> list[str]:
    """The addresses to connect to, the best first.

    Raises Refused where any address of the name is not public and `private` is off, NotReachable where it has none.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        # As it is sent in the Host header, too: two ways to encode a name could lead to two machines.
        name = url.raw_host.decode("ascii")
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise NotReachable(f"the name {url.host} is not known ({failure})") from None
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not private and not all(is_public(address) for address in addresses):
        raise Refused(
            f"{url.host} is not a public address; for webhooks within your own network set GOODDATA_WEBHOOK_PRIVATE"
        )
    return addresses


def is_public(text: str) -> bool:
    """Whether everybody on the internet means the same machine by it, also where it wraps an IPv4 address."""
    address: IPv4Address | IPv6Address = ip_address(text.split("%")[0])
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped:
            return is_public(str(wrapped))
    return address.is_global and not address.is_multicast
