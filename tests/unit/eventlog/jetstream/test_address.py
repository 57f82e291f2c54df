import pytest

from gooddata.errors import ConfigurationError
from gooddata.eventlog.jetstream.address import Address, address_of, is_nats


@pytest.mark.parametrize(
    ("log", "address"),
    [
        ("nats://one", Address(["nats://one"])),
        ("nats://one,two:4333,three", Address(["nats://one", "nats://two:4333", "nats://three"])),
        ("nats://one,nats://two/shop", Address(["nats://one", "nats://two"], "shop")),
        ("tls://me:se:cret@one,two", Address(["tls://one", "tls://two"], "GOODDATA", "me", "se:cret")),
    ],
)
def test_servers_stream_and_login_are_told_apart(log, address):
    assert is_nats(log)
    assert address_of(log) == address


@pytest.mark.parametrize("log", ["nats://", "nats://one,,two", "nats://one/a.b", "nats://me:secret@one/a*b"])
def test_what_cannot_be_an_address_is_refused_without_its_password(log):
    with pytest.raises(ConfigurationError) as refusal:
        address_of(log)
    assert "secret" not in str(refusal.value)
