import pytest

from gooddata.ingestion.congestion import LATE_SECONDS, MOST_RETRY_AFTER, STANDING_SECONDS, Congestion, refusal
from gooddata.ingestion.limits import FLUSH_EVENTS

LATE = LATE_SECONDS + 0.05


class Commits:
    """A process whose clock is ours."""

    def __init__(self):
        self.now = 100.0
        self.congestion = Congestion(lambda: self.now)

    def begin(self, waited, after):
        """A commit begins some time after the one before."""
        self.now += after
        self.congestion.commit_begins(self.now - waited)


@pytest.fixture
def commits():
    return Commits()


@pytest.fixture
def congested(commits):
    while not commits.congestion.is_there:
        assert not commits.congestion.refuses(10 * FLUSH_EVENTS)
        commits.begin(LATE, after=0.3)
    return commits


def test_late_commits_are_congestion_once_they_stand(commits):
    began = 0
    while not commits.congestion.is_there:
        commits.begin(LATE, after=0.3)
        began += 1
    assert STANDING_SECONDS < (began - 1) * 0.3 <= STANDING_SECONDS + 0.3


def test_one_long_pause_is_none(commits):
    commits.begin(10 * STANDING_SECONDS, after=10 * STANDING_SECONDS)
    commits.begin(0.01, after=0.1)
    commits.begin(LATE, after=2 * STANDING_SECONDS)
    assert not commits.congestion.is_there


def test_one_commit_in_time_begins_the_count_anew(commits):
    for _ in range(10):
        for _ in range(3):
            commits.begin(LATE, after=0.3)
        commits.begin(LATE_SECONDS, after=0.3)
    assert not commits.congestion.is_there


def test_in_congestion_no_more_is_taken_in_than_the_next_commit_holds(congested):
    assert not congested.congestion.refuses(FLUSH_EVENTS - 1)
    assert congested.congestion.refuses(FLUSH_EVENTS)


def test_it_is_over_when_nothing_was_refused_for_a_while(congested):
    congested.now += STANDING_SECONDS / 2
    assert congested.congestion.refuses(FLUSH_EVENTS)
    congested.now += STANDING_SECONDS * 0.9
    assert not congested.congestion.refuses(0)
    assert congested.congestion.is_there
    congested.now += STANDING_SECONDS * 0.2
    assert not congested.congestion.refuses(0)
    assert not congested.congestion.is_there
    congested.begin(LATE, after=0.3)
    assert not congested.congestion.refuses(10 * FLUSH_EVENTS)


def test_senders_are_told_to_come_back_at_different_times():
    told = [refusal() for _ in range(200)]
    assert {one.status for one in told} == {503}
    assert {one.retry_after for one in told} == {str(second) for second in range(1, MOST_RETRY_AFTER + 1)}
