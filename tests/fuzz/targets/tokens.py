"""What says who somebody is: keys, cookies, tokens of visitors, addresses that proxies name, targets of webhooks."""

import hashlib
import hmac

from gooddata.errors import InputError
from gooddata.ingestion.keys import hash_of
from gooddata.ingestion.request import key_of
from gooddata.ingestion.sender import Proxies
from gooddata.serving.accounts.attempts import network
from gooddata.serving.alerts.address import is_public, parse
from gooddata.serving.sign_ins import digest
from tests.fuzz.storable import PSEUDONYMS

SEEDS = [
    b"\x00Bearer gw_x", b"\x00Basic Z3dfeDo=", b"\x00basic \xff\xfe", b"\x01cookie", b"\x02v\ntoken", b"\x02\xed\xa0\x80\n\xed\xa0\x80",
    b"\x03[::ffff:127.0.0.1]:80\n10.0.0.1, 1.2.3.4", b"\x03fe80::1%eth0\n::1%\xff", b"\x04http://[::1%25eth0]/", b"\x04https://a.example:70000/\xff",
]  # fmt: skip
_PROXIES = Proxies("127.0.0.1,10.0.0.0/8,::1")
_KEY = b"a secret of these tests"


def attack(data: bytes) -> None:
    kind, text = (
        (data[:1] or b"\0")[0] % 5,
        data[1:].decode(errors="surrogateescape" if data[:1] == b"\x81" else "replace"),
    )
    if kind == 0:
        if key := key_of(data[1:].decode("latin-1")):
            assert len(hash_of(key)) == 64
    elif kind == 1:
        assert len(digest(text)) == 32
    elif kind == 2:
        visitor, _, token = text.partition("\n")
        assert not PSEUDONYMS.token_is_valid("shop", visitor, token)
    elif kind == 3:
        connected, _, forwarded = text.partition("\n")
        address = _PROXIES.sender(connected, forwarded.split("\n"))
        network(str(address))
        if address is not None:
            is_public(str(address))
    else:
        try:
            url = parse(text)
        except InputError:
            return
        assert url.scheme in ("http", "https") and url.raw_host
    assert hmac.new(_KEY, data, hashlib.sha256).digest()
