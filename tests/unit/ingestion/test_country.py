import ipaddress

import mmdb_writer
import netaddr
import pytest

from gooddata.errors import ConfigurationError
from gooddata.ingestion.country import COUNTRIES, GeoIp, country_code


def database(path, ip_version=6):
    writer = mmdb_writer.MMDBWriter(ip_version=ip_version, ipv4_compatible=ip_version == 6)
    writer.insert_network(netaddr.IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "NZ"}})
    writer.insert_network(netaddr.IPSet(["198.51.100.0/24"]), {"country": {"iso_code": "XX"}})
    writer.insert_network(netaddr.IPSet(["192.0.2.0/24"]), {"traits": {"is_anonymous": True}})
    if ip_version == 6:
        writer.insert_network(netaddr.IPSet(["2001:db8::/32"]), {"country": {"iso_code": "DE"}})
    writer.to_db_file(str(path))
    return path


@pytest.mark.parametrize(
    ("said", "code"),
    [("DE", "DE"), (" de ", "DE"), ("XK", "XK"), ("T1", None), ("XX", None), ("UK", None), ("Germany", None),
     ("", None), (None, None), (49, None)],
)  # fmt: skip
def test_only_codes_of_countries_are_taken(said, code):
    assert country_code(said) == code


def test_there_are_as_many_countries_as_iso_3166_has():
    assert len(COUNTRIES) == 249 + 1


@pytest.mark.parametrize(
    ("address", "country"),
    [("203.0.113.9", "NZ"), ("2001:db8::1", "DE"), ("198.51.100.1", None), ("192.0.2.1", None), ("8.8.8.8", None)],
)
def test_a_database_knows_the_country_of_an_address(tmp_path, address, country):
    assert GeoIp(database(tmp_path / "small.mmdb")).country(ipaddress.ip_address(address)) == country


def test_a_database_of_old_addresses_knows_nothing_of_new_ones(tmp_path):
    old = GeoIp(database(tmp_path / "old.mmdb", 4))
    assert old.country(ipaddress.ip_address("203.0.113.9")) == "NZ"
    assert old.country(ipaddress.ip_address("2001:db8::1")) is None


def test_a_database_that_is_none_is_named(tmp_path):
    (tmp_path / "text.mmdb").write_text("no database")
    for name in ("text.mmdb", "missing.mmdb"):
        with pytest.raises(ConfigurationError, match=name):
            GeoIp(tmp_path / name)
