"""The country a request comes from: from a header that the proxy sets, or from a GeoIP database. No address is kept."""

from pathlib import Path
from typing import Any

from gooddata.errors import ConfigurationError
from gooddata.ingestion.sender import Address

# ISO 3166-1 alpha-2, first letter and then the second ones; and XK, which ISO leaves to its users, and every GeoIP
# database uses for Kosovo.
_LETTERS = {
    "A": "DEFGILMOQRSTUWXZ",
    "B": "ABDEFGHIJLMNOQRSTVWYZ",
    "C": "ACDFGHIKLMNORUVWXYZ",
    "D": "EJKMOZ",
    "E": "CEGHRST",
    "F": "IJKMOR",
    "G": "ABDEFGHILMNPQRSTUWY",
    "H": "KMNRTU",
    "I": "DELMNOQRST",
    "J": "EMOP",
    "K": "EGHIMNPRWYZ",
    "L": "ABCIKRSTUVY",
    "M": "ACDEFGHKLMNOPQRSTUVWXYZ",
    "N": "ACEFGILOPRUZ",
    "O": "M",
    "P": "AEFGHKLMNRSTWY",
    "Q": "A",
    "R": "EOSUW",
    "S": "ABCDEGHIJKLMNORSTVXYZ",
    "T": "CDFGHJKLMNORTVWZ",
    "U": "AGMSYZ",
    "V": "ACEGINU",
    "W": "FS",
    "X": "K",
    "Y": "ET",
    "Z": "AMW",
}
COUNTRIES = frozenset(first + second for first, seconds in _LETTERS.items() for second in seconds)


def country_code(text: Any) -> str | None:
    """The code in a header or a database; None for T1, XX and whatever else is no country."""
    if not isinstance(text, str):
        return None
    code = text.strip().upper()
    return code if code in COUNTRIES else None


class GeoIp:
    """A MaxMind database of countries or cities, such as GeoLite2 or DB-IP's; read from memory, some us a look.

    Raises ConfigurationError when the file or the package that reads it is missing.
    """

    def __init__(self, path: Path) -> None:
        try:
            import maxminddb
        except ModuleNotFoundError:
            raise ConfigurationError(
                "geoip_database needs the package maxminddb; install it with: pip install 'gooddata[geoip]'"
            ) from None
        try:
            self._database = maxminddb.open_database(str(path))
        except (OSError, maxminddb.InvalidDatabaseError) as failure:
            raise ConfigurationError(f"geoip_database {path} cannot be read: {failure}") from None
        self._ipv6 = self._database.metadata().ip_version == 6

    def country(self, address: Address) -> str | None:
        """The country of an address; None where the database does not know."""
        if address.version == 6 and not self._ipv6:
            return None
        found = self._database.get(address)
        place = found.get("country") if isinstance(found, dict) else None
        return country_code(place.get("iso_code")) if isinstance(place, dict) else None
