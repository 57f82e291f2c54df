from datetime import UTC, datetime, timedelta

from gooddata.eventlog.batch import Identities
from gooddata.ingestion.identities import PartitionIdentities

START = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)


def batch(seq, at, *numbers):
    return Identities(seq, at, b"".join(number.to_bytes(16) for number in numbers))


def test_an_identity_is_known_for_the_window_and_then_forgotten():
    known = PartitionIdentities(timedelta(hours=24))
    known.learn(batch(1, START, 1, 2))
    known.learn(batch(2, START + timedelta(hours=1), 3))
    assert known.head == 2
    known.forget_before(START + timedelta(hours=24))
    assert (1).to_bytes(16) in known
    known.forget_before(START + timedelta(hours=24, seconds=1))
    assert (1).to_bytes(16) not in known
    assert (3).to_bytes(16) in known
    assert len(known) == 1
