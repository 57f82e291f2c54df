from datetime import UTC, datetime, timedelta

import pytest

from gooddata.ingestion.settle import DAY, Clock, clock_error

NOW = 1_790_000_000_000
CLOCK = Clock.of(NOW, None, 30)


def test_a_slow_clock_is_put_right():
    sent_at = datetime.fromtimestamp((NOW - 3_600_000) / 1000, UTC)
    for written in (sent_at, sent_at.isoformat(), NOW - 3_600_000, float(NOW - 3_600_000)):
        clock = Clock.of(NOW, written, 30)
        assert clock.correction == 3_600_000
        assert clock.settle([NOW - 3_605_000]) == [NOW - 5_000]


def test_a_moment_is_settled_however_it_is_written():
    at = datetime.fromtimestamp((NOW - 5_250) / 1000, UTC)
    naive, elsewhere = at.replace(tzinfo=None), at.astimezone(None)
    assert CLOCK.settle([at, naive, elsewhere, NOW - 5_250, NOW - 5_249.5]) == [NOW - 5_250] * 5
    assert CLOCK.settle([NOW - 1, NOW - 2]) == [NOW - 1, NOW - 2]


def test_the_future_is_clamped_to_now():
    assert CLOCK.settle([NOW + 999, NOW - 1]) == [NOW, NOW - 1]


def test_an_event_without_a_time_happened_when_it_arrived():
    assert Clock(NOW, -5_000, None).settle([None, NOW - 1]) == [NOW, NOW - 5_001]


def test_what_is_older_than_the_horizon_is_too_old_unless_imported():
    assert CLOCK.is_too_old(NOW - 30 * DAY - 1)
    assert not CLOCK.is_too_old(NOW - 30 * DAY)
    imported = Clock.of(NOW, datetime.now(UTC) - timedelta(days=9), None)
    assert imported.correction == 0
    assert not imported.is_too_old(NOW - 3_000 * DAY)


@pytest.mark.parametrize("sent_at", [None, "soon", {}, [], True, float("inf"), "0000-00-00T00:00:00Z"])
def test_an_unusable_time_of_sending_corrects_nothing(sent_at):
    assert clock_error(sent_at, NOW) == 0
