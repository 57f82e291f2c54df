from datetime import UTC, datetime

import pytest

from gooddata.ingestion.check import Accepted, Refused
from gooddata.ingestion.settle import DAY, clock_error, settle

NOW = 1_790_000_000_000


def event(timestamp):
    return Accepted("id", None, "v", timestamp, b"{}")


def test_a_slow_clock_is_put_right():
    sent_at = datetime.fromtimestamp((NOW - 3_600_000) / 1000, UTC).isoformat()
    correction = clock_error(sent_at, NOW)
    assert correction == 3_600_000
    assert settle(event(NOW - 3_605_000), NOW, correction, 30).timestamp == NOW - 5_000


def test_the_future_is_clamped_to_now():
    assert settle(event(NOW + 999), NOW, 0, 30).timestamp == NOW


def test_an_event_without_a_time_happened_when_it_arrived():
    assert settle(event(None), NOW, -5_000, 30).timestamp == NOW


def test_what_is_too_old_is_refused_unless_imported():
    refused = settle(event(NOW - 31 * DAY), NOW, 0, 30)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.reason) == ("timestamp", "too_old")
    assert settle(event(NOW - 3_000 * DAY), NOW, 0, None).timestamp == NOW - 3_000 * DAY


@pytest.mark.parametrize("sent_at", [None, "soon", {}, [], True, float("inf"), "0000-00-00T00:00:00Z"])
def test_an_unusable_time_of_sending_corrects_nothing(sent_at):
    assert clock_error(sent_at, NOW) == 0
