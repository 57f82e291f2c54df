from collections import defaultdict
from itertools import pairwise
from random import Random

from gooddata.replay.shoppers.crowd import Crowd

MINUTE = 60_000


def test_some_come_back_and_never_within_a_session() -> None:
    crowd = Crowd(Random(1))
    arrivals = defaultdict(list)
    for number in range(2_000):
        arrivals[crowd.arrive(number * 5 * MINUTE).visitor].append(number * 5 * MINUTE)
    returns = 2_000 - len(arrivals)
    assert 0.15 < returns / 2_000 < 0.27
    for times in arrivals.values():
        assert all(later - earlier > 60 * MINUTE for earlier, later in pairwise(times))


def test_it_remembers_a_bounded_number() -> None:
    crowd = Crowd(Random(1))
    for number in range(12_000):
        crowd.arrive(number)
    assert len(crowd._known) == 5_000
