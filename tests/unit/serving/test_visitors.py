"""What a period is put together from."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gooddata.serving.visitors import DAY, HOUR, pieces

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(day, hour=0, minute=0):
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_a_period_is_days_hours_and_edges():
    made = pieces(at(0, 22, 30), at(2, 1, 10), due=[])
    assert made.days == [at(1)]
    assert made.hours == [at(0, 23), at(2, 0)]
    assert made.spans == [(at(0, 22, 30), at(0, 23)), (at(2, 1), at(2, 1, 10))]


def test_an_hour_that_is_due_takes_its_day_with_it_and_is_looked_up():
    made = pieces(at(0), at(2), due=[at(0, 5), at(0, 6), at(0, 8)])
    assert made.days == [at(1)]
    assert made.hours == [at(0, hour) for hour in range(24) if hour not in (5, 6, 8)]
    assert made.spans == [(at(0, 5), at(0, 7)), (at(0, 8), at(0, 9))]


def test_a_period_within_an_hour_is_looked_up():
    assert pieces(at(0, 5, 1), at(0, 5, 59), due=[]).spans == [(at(0, 5, 1), at(0, 5, 59))]


@given(st.integers(0, 5_000), st.integers(1, 5_000), st.sets(st.integers(0, 200)))
def test_the_pieces_are_the_whole_period_once_and_nothing_due_comes_from_sketches(since, length, due):
    hours = {MONDAY + HOUR * hour for hour in due}
    start, end = MONDAY + timedelta(minutes=since), MONDAY + timedelta(minutes=since + length)
    made = pieces(start, end, hours)
    sketched = [*((day, day + DAY) for day in made.days), *((hour, hour + HOUR) for hour in made.hours)]
    parts = sorted([*sketched, *made.spans])
    assert (parts[0][0], parts[-1][1]) == (start, end)
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert not any(begin <= hour < until for begin, until in sketched for hour in hours)
