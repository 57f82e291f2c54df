from collections import Counter
from datetime import UTC, datetime
from random import Random

from gooddata.replay.shoppers.rhythm import arrival_times

NOW = 1_767_225_600_000
DAY = 86_400_000


def test_times_are_in_order_and_within_the_days() -> None:
    times = arrival_times(Random(1), NOW, 7.0, 2_000)
    assert len(times) == 2_000
    assert times == sorted(times)
    assert times[0] >= NOW - 7 * DAY
    assert times[-1] <= NOW


def test_nights_are_quiet_and_the_last_hour_is_busy() -> None:
    times = arrival_times(Random(1), NOW, 7.0, 5_000)
    before = [at for at in times if at < NOW - 3_600_000]
    hours = Counter(datetime.fromtimestamp(at / 1_000, UTC).hour for at in before)
    assert hours[20] > 5 * hours[3]
    assert 0.25 < 1 - len(before) / len(times) < 0.4


def test_the_same_chance_makes_the_same_times() -> None:
    assert arrival_times(Random(1), NOW, 7.0, 50) == arrival_times(Random(1), NOW, 7.0, 50)
