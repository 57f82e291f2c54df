"""Tombstones in a file."""

import uuid

from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.erasure.person import Tombstone


def test_they_are_read_as_they_were_added_whatever_a_crash_has_cut_off(tmp_path):
    path = tmp_path / "data" / "tombstones.ndjson"
    kept = KeptTombstones(path)
    assert kept.read() == set()
    first = [Tombstone("user", uuid.uuid4(), None, 5), Tombstone("visitor", uuid.uuid4(), 3, 5)]
    kept.add("shop", first)
    kept.add("site", [Tombstone("visitor", uuid.uuid4(), None, 9)])
    path.write_bytes(path.read_bytes()[:-10])
    assert kept.read() == {("shop", each) for each in first}
    later = Tombstone("visitor", uuid.uuid4(), None, 11)
    kept.add("site", [later])
    assert kept.read() == {("shop", each) for each in first} | {("site", later)}
    assert path.stat().st_mode & 0o077 == 0
