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
        ("tls://one/shop?ca=/etc/ca.crt", Address(["tls://one"], "shop", ca="/etc/ca.crt")),
    ],
)
def test_servers_stream_and_login_are_told_apart(log, address):
    assert is_nats(log)
    assert address_of(log) == address


@pytest.mark.parametrize(
    "log",
    ["nats://", "nats://one,,two", "nats://one/a.b", "nats://me:secret@one/a*b", "nats://me:secret@one?ca=ca.crt"],
)
def test_what_cannot_be_an_address_is_refused_without_its_password(log):
    with pytest.raises(ConfigurationError) as refusal:
        address_of(log)
    assert "secret" not in str(refusal.value)


def test_an_authority_that_cannot_be_read_is_named(tmp_path):
    address = address_of(f"tls://one?ca={tmp_path}/none.crt")
    with pytest.raises(ConfigurationError, match=f"{tmp_path}/none.crt"):
        address.tls()
    assert address_of("nats://one").tls() is None
