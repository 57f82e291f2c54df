from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gooddata.ingestion import identities as module
from gooddata.ingestion.identities import FULLEST, Identities

START = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
WINDOW = timedelta(hours=24)


def column(*numbers):
    return np.array(numbers, np.uint64)


def test_an_identity_is_known_for_the_window_and_then_forgotten_a_slice_at_a_time():
    known = Identities(WINDOW)
    known.learn(column(1, 2), START)
    known.learn(column(3), START + timedelta(hours=7))
    known.forget_before(START + WINDOW)
    assert known.known(column(1, 2, 3, 4)).tolist() == [True, True, True, False]
    known.forget_before(START + WINDOW + timedelta(seconds=1))
    assert known.known(column(1, 2, 3)).tolist() == [False, False, True]
    assert len(known) == 1


@given(st.lists(st.sets(st.integers(1, 2**64 - 1) | st.integers(1, 300), max_size=60), max_size=30))
def test_it_knows_what_a_set_would_know(arrivals):
    known, plain = Identities(WINDOW), set()
    for step, numbers in enumerate(arrivals):
        wanted = column(*numbers)
        assert known.known(wanted).tolist() == [int(number) in plain for number in wanted]
        known.learn(column(*(numbers - plain)), START + timedelta(minutes=20 * step))
        plain |= numbers
        assert len(known) == len(plain)


def test_it_grows_with_what_it_holds_and_stays_compact():
    known, chance = Identities(WINDOW), np.random.default_rng(1)
    numbers = chance.integers(1, 2**64, 900_000, dtype=np.uint64)
    for start in range(0, len(numbers), 3_000):
        known.learn(numbers[start : start + 3_000], START)
    assert known.known(numbers).all()
    assert not known.known(chance.integers(1, 2**64, 10_000, dtype=np.uint64)).any()
    assert 8 / FULLEST <= known.bytes / len(known) <= 4.1 * 8 / FULLEST


def test_a_slice_too_large_for_one_table_goes_on_in_another(monkeypatch):
    monkeypatch.setattr(module, "MOST_SLOTS", module.FIRST_SLOTS)
    known = Identities(WINDOW)
    numbers = np.arange(1, module.FIRST_SLOTS * 3, dtype=np.uint64)
    known.learn(numbers, START)
    assert known.known(numbers).all()
    assert len(known) == len(numbers)
    known.forget_before(START + 2 * WINDOW)
    assert len(known) == 0
