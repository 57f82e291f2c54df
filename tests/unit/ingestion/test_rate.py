import pytest

from gooddata.ingestion import limits
from gooddata.ingestion.rate import KeyRates, TooFast


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def wait(rates, key, events):
    try:
        rates.admit(key, events)
    except TooFast as refusal:
        return int(refusal.retry_after)
    return 0


def test_without_a_rate_everything_passes():
    rates = KeyRates(0)
    assert not any(wait(rates, "k", limits.BATCH_EVENTS) for _ in range(1_000))


def test_a_burst_passes_and_then_the_rate():
    clock = Clock()
    rates = KeyRates(1_000, clock)
    burst = 1_000 * limits.RATE_BURST_SECONDS
    assert [wait(rates, "k", 1_000) for _ in range(burst // 1_000)] == [0] * (burst // 1_000)
    assert wait(rates, "k", 500) == 1
    clock.now += 0.5
    assert wait(rates, "k", 500) == 0
    assert wait(rates, "k", 1) == 1


def test_over_a_minute_no_more_than_burst_and_rate_pass():
    clock = Clock()
    rates = KeyRates(100, clock)
    passed = 0
    for _ in range(600):
        clock.now += 0.1
        passed += 20 * (wait(rates, "k", 20) == 0)
    assert passed == pytest.approx(100 * limits.RATE_BURST_SECONDS + 100 * 60, abs=20)


def test_who_waits_as_long_as_told_is_let_through():
    clock = Clock()
    rates = KeyRates(7, clock)
    assert wait(rates, "k", limits.BATCH_EVENTS) == 0
    seconds = wait(rates, "k", 100)
    clock.now += seconds
    assert wait(rates, "k", 100) == 0


def test_a_refused_request_takes_nothing_and_another_key_is_not_concerned():
    rates = KeyRates(10, Clock())
    assert wait(rates, "k", 990) == 0
    assert wait(rates, "k", 20) == 1
    assert wait(rates, "k", 10) == 0
    assert wait(rates, "other", 1_000) == 0


def test_a_full_batch_passes_however_low_the_rate():
    assert wait(KeyRates(1, Clock()), "k", limits.BATCH_EVENTS) == 0
