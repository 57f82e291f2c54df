from datetime import UTC, datetime, timedelta

import pytest

from gooddata.errors import InputError
from gooddata.serving.period import Period, period

NOW = datetime(2026, 5, 17, 10, 30, 12, tzinfo=UTC)


def test_the_last_day_is_the_default_and_starts_with_a_whole_minute():
    assert period(None, None, NOW) == Period(datetime(2026, 5, 16, 10, 30, tzinfo=UTC), NOW)


def test_moments_are_iso_or_milliseconds():
    assert period("2026-05-01T02:00:00+02:00", "1777680000000") == Period(
        datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    )


def test_the_previous_period_is_as_long_and_ends_where_this_one_starts():
    before = Period(NOW - timedelta(days=7), NOW).previous()
    assert (before.end, before.end - before.start) == (NOW - timedelta(days=7), timedelta(days=7))


@pytest.mark.parametrize(
    ("start", "end", "field"), [("x", None, "from"), (None, "9" * 30, "to"), ("2030-01-01", "2029-01-01", "from")]
)
def test_a_bad_moment_is_named(start, end, field):
    with pytest.raises(InputError) as problem:
        period(start, end, NOW)
    assert problem.value.field == field


def test_too_many_points_are_refused():
    with pytest.raises(InputError, match="longer interval"):
        Period(NOW - timedelta(days=30), NOW).require_points("minute")
    with pytest.raises(InputError, match="minute, hour, day"):
        Period(NOW - timedelta(days=30), NOW).require_points("second")


@pytest.mark.parametrize("asked", [("0001-01-01", None), (None, "9999-06-01"), ("0001-01-01T00:00:00+23:59", None)])
def test_the_ends_of_the_calendar_are_no_answerable_question(asked):
    with pytest.raises(InputError, match=r"years|date"):
        period(*asked)


def test_the_period_before_goes_no_farther_back_than_dates_do():
    assert period("0100-01-01", "2026-01-01").previous().start.year == 2
