"""Keys as they are known on a machine whose databases are away."""

import hashlib
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gooddata.ingestion.keys import Key, Keys
from gooddata.ingestion.rules.book import RuleBook
from gooddata.ingestion.rules.violations import Violations

NOWHERE = "postgresql://127.0.0.1:9/none"


@pytest.fixture
async def known(tmp_path):
    """Keys from the copy on disk: one for good, one that is about to expire, one that has."""
    now = datetime.now(UTC)
    copy = {
        hashlib.sha256(key.encode()).hexdigest(): Key("shop", "write", expires)
        for key, expires in {
            "for good": None,
            "for now": now + timedelta(seconds=1),
            "former": now - timedelta(seconds=1),
        }.items()
    }
    (tmp_path / "keys.json").write_bytes(msgspec.json.encode(copy))
    keys = Keys(NOWHERE, tmp_path / "keys.json", RuleBook(tmp_path / "rules.json", Violations(NOWHERE)))
    await keys.refresh()
    return keys


async def test_a_key_is_taken_until_it_expires(known):
    assert (await known.find("for good")).project == "shop"
    assert (await known.find("for now")).project == "shop"
    assert await known.find("former") is None
    time.sleep(1.1)
    assert await known.find("for now") is None
    assert (await known.find("for good")).project == "shop"
