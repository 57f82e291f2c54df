import pytest

from gooddata.ingestion import limits
from gooddata.ingestion.congestion import LATE_SECONDS, MOST_RETRY_AFTER, STANDING_SECONDS, Congestion, refusal


class Loop:
    """A process whose clock and turns are ours."""

    def __init__(self):
        self.now = 100.0
        self.ends = []
        self.congestion = Congestion(lambda: self.now, self.ends.append)

    def turn(self, *requests, oldest_since=None):
        """A turn in which requests come after so many seconds each; what is refused of them."""
        refused = []
        for seconds in requests:
            self.now += seconds
            refused.append(self.congestion.refuses(oldest_since))
        for end in self.ends:
            end()
        self.ends.clear()
        return refused

    def commit(self, waited):
        self.congestion.commit_begins(self.now - waited)


LATE = LATE_SECONDS + 0.05


@pytest.fixture
def loop():
    return Loop()


@pytest.fixture
def congested(loop):
    while not loop.congestion.is_there:
        assert not any(loop.turn(0, LATE))
    return loop


def test_long_turns_are_congestion_once_they_stand(loop):
    turns = 0
    while not loop.congestion.is_there:
        assert not any(loop.turn(0, LATE))
        turns += 1
    assert STANDING_SECONDS < turns * LATE <= STANDING_SECONDS + 2 * LATE + 0.01


def test_one_long_pause_is_none(loop):
    assert loop.turn(0, 10 * STANDING_SECONDS, 0, 0) == [False] * 4
    assert loop.turn(0, 0.001) == [False] * 2
    assert not loop.congestion.is_there


def test_one_short_turn_in_between_begins_the_count_anew(loop):
    for _ in range(10):
        for _ in range(3):
            loop.turn(0, LATE)
        loop.turn(0, 0.001)
    assert not loop.congestion.is_there


def test_a_congested_turn_takes_in_what_fits_and_refuses_the_rest(congested):
    step = limits.TURN_SECONDS * 0.3
    assert congested.turn(0, step, step, step, step, step) == [False] * 4 + [True] * 2


def test_a_late_commit_counts_when_it_begins_and_one_that_does_not_begin_counts_not(loop):
    loop.now += 5
    loop.commit(waited=5)
    assert not loop.congestion.is_there  # PostgreSQL was away for a while, which is over
    loop.now += STANDING_SECONDS + 0.1
    loop.commit(waited=LATE)
    assert loop.congestion.is_there


def test_in_congestion_nothing_is_taken_in_while_the_oldest_waits_too_long(congested):
    assert congested.turn(0, oldest_since=congested.now - limits.WAITING_SECONDS + 0.01) == [False]
    assert congested.turn(0, oldest_since=congested.now - limits.WAITING_SECONDS - 0.01) == [True]


def test_it_is_over_when_nothing_was_refused_for_a_while(congested):
    congested.turn(0, 2 * limits.TURN_SECONDS)
    congested.turn(STANDING_SECONDS / 2)
    assert congested.congestion.is_there
    congested.turn(STANDING_SECONDS)
    assert not congested.congestion.is_there
    assert congested.turn(0, LATE, LATE) == [False] * 3


def test_senders_are_told_to_come_back_at_different_times():
    told = [refusal() for _ in range(200)]
    assert {one.status for one in told} == {503}
    assert {one.retry_after for one in told} == {str(second) for second in range(1, MOST_RETRY_AFTER + 1)}
