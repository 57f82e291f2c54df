"""What a request itself tells of its events' surroundings, written into the context that they share.

A browser need not say which one it is, and cannot say where it is: its request does. The address is used for the
country, and forgotten.
"""

from collections.abc import Iterable

import msgspec

from gooddata.config import Settings
from gooddata.ingestion import limits
from gooddata.ingestion.country import GeoIp, country_code
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.sender import Address, Proxies


class Origin:
    """Reads requests by the settings `trusted_proxies`, `country_header` and `geoip_database`.

    Raises ConfigurationError when one of them is not usable.
    """

    def __init__(self, settings: Settings) -> None:
        self._proxies = Proxies(settings.trusted_proxies)
        self._country_header = settings.country_header.lower() if settings.country_header else None
        self._geoip = GeoIp(settings.geoip_database) if settings.geoip_database else None

    def address(self, connected: str, forwarded: Iterable[str]) -> Address | None:
        """Where the request comes from; see `Proxies.sender`."""
        return self._proxies.sender(connected, forwarded)

    def context(self, sent: bytes | None, connected: str, headers: Headers) -> bytes | None:
        """The shared context of a request, with `userAgent` and `country` where its sender gave none.

        The User-Agent header is taken from browsers alone: a server that sends for others has an agent of its own.
        """
        added = b""
        agent = headers.get("user-agent")
        if agent is not None and _is_visitors(agent) and (sent is None or b'"userAgent"' not in sent):
            added = b',"userAgent":' + msgspec.json.encode(agent[: limits.TEXT_CHARACTERS])
        if (self._country_header or self._geoip) and (country := self._country(connected, headers)):
            added += b',"country":"%s"' % country.encode()
        if not added:
            return sent
        # In front, since of a name that is there twice the last one counts: what the sender says wins.
        rest = (sent or b"{}").lstrip()[1:].lstrip()
        return b"{" + added[1:] + (b"" if rest.startswith(b"}") else b",") + rest

    def _country(self, connected: str, headers: Headers) -> str | None:
        if self._country_header and (country := country_code(headers.get(self._country_header))):
            return country
        if self._geoip and (address := self.address(connected, headers.get_all("x-forwarded-for"))):
            return self._geoip.country(address)
        return None


def _is_visitors(agent: str) -> bool:
    """Whether a User-Agent header is a visitor's browser, or a crawler that runs pages like one.

    Who drives a headless browser through a site mostly tests it, and is to get what visitors get, scores included; an
    exclusion by user agent keeps such tests out.
    """
    return agent.startswith("Mozilla/") and "Headless" not in agent
