import pytest

from gooddata.errors import ConfigurationError
from gooddata.ingestion.sender import Proxies


@pytest.mark.parametrize(
    ("trusted", "connected", "forwarded", "sender"),
    [
        (None, "203.0.113.7:5000", [], "203.0.113.7"),
        (None, "203.0.113.7:5000", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.1:80", [], "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1:80", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.0/8", "203.0.113.7:80", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.1:80", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1:80", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.0/8, 198.51.100.1", "10.0.0.1:80", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1:80", ["198.51.100.1, unknown"], None),
        ("10.0.0.0/8", "10.0.0.1:80", ["198.51.100.1:4711"], "198.51.100.1"),
        ("::1", "[::1]:80", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::1", "::1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        (None, "", [], None),
    ],
)
def test_the_sender_is_the_last_that_no_trusted_proxy_is(trusted, connected, forwarded, sender):
    found = Proxies(trusted).sender(connected, forwarded)
    assert (found and str(found)) == sender


def test_a_proxy_that_is_no_address_is_named():
    with pytest.raises(ConfigurationError, match="'nginx'"):
        Proxies("10.0.0.0/8, nginx")
