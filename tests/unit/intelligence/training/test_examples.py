import numpy as np
import pytest

from gooddata.intelligence.scoring.tasks import LEAVES_BY_PAGE, LEAVES_SOON, TASKS
from gooddata.intelligence.sessions.features import NAMES, features
from gooddata.intelligence.sessions.history import History
from gooddata.intelligence.training import examples as module
from gooddata.intelligence.training.examples import MOMENTS, StoredSession, examples_of, moments
from tests.unit.intelligence.given import DAY, START, a_fact, a_session

EARLIER = History(1, 0, START - DAY)


def stored(facts, converted=False, history=EARLIER):
    for fact in facts:
        fact.session_id = fact.visitor
    return StoredSession(facts[0].at, facts[-1].at, converted, False, history, facts)


def test_each_moment_knows_what_was_known_then_and_nothing_later():
    facts = [a_fact(START + n * 1_000, "page", path=f"/{n}") for n in range(5)]
    examples = examples_of([stored(facts)])
    for place, row in enumerate(examples.matrix):
        alone = features(a_session(facts[: place + 1], EARLIER))
        assert np.array_equal(row, np.array(alone, dtype=float), equal_nan=True)


def test_what_comes_later_changes_no_earlier_moment():
    facts = [a_fact(START + n * 1_000) for n in range(4)]
    later = [*facts, a_fact(START + 9_000, name="Product Added", value=99.0), a_fact(START + 9_500, goal=True)]
    before, after = (examples_of([stored(each)]).matrix for each in (facts, later))
    assert np.array_equal(before, after[:4], equal_nan=True)


def test_no_example_is_taken_at_or_after_the_goal():
    facts = [a_fact(START), a_fact(START + 1_000), a_fact(START + 2_000, goal=True), a_fact(START + 3_000)]
    examples = examples_of([stored(facts, converted=True)])
    assert examples.labels.tolist() == [1, 1]
    assert examples.matrix[:, NAMES.index("events")].tolist() == [1, 2]
    assert examples.came_true() == 1


def test_a_session_that_begins_with_its_goal_shows_nothing():
    examples = examples_of([stored([a_fact(START, goal=True)], converted=True), stored([a_fact(START)])])
    assert examples.of_session.tolist() == [1]
    assert examples.came_true() == 0
    assert examples_of([]).matrix.shape == (0, len(NAMES))


@pytest.mark.parametrize("events", [1, MOMENTS - 1, MOMENTS, MOMENTS + 1, 14, 40, 500])
def test_of_a_long_session_so_many_moments_are_taken_its_start_and_end_among_them(events):
    taken = moments(events)
    assert len(taken) == min(events, MOMENTS)
    assert {0, events - 1} <= taken <= set(range(events))


def test_who_leaves_soon_has_no_event_past_the_half_minute():
    facts = [a_fact(START + seconds * 1_000, goal=seconds == 45) for seconds in (0, 20, 45, 75, 76)]
    examples = examples_of([stored(facts, converted=True)], LEAVES_SOON)
    assert examples.labels.tolist() == [0, 0, 0, 1, 1]


def test_who_leaves_by_this_page_sees_no_other_one():
    kinds = ["page", "track", "page", "track", "track"]
    examples = examples_of([stored([a_fact(START + n * 1_000, kind) for n, kind in enumerate(kinds)])], LEAVES_BY_PAGE)
    assert examples.labels.tolist() == [0, 0, 1, 1, 1]
    assert examples.came_true() == 1


def test_a_page_that_follows_the_facts_that_are_kept_counts_as_following():
    session = stored([a_fact(START + n * 1_000, kind) for n, kind in enumerate(["page", "track", "track"])])
    session.later_events = 4
    assert examples_of([session], LEAVES_BY_PAGE).labels.tolist() == [1, 1, 1]
    session.later_pages = 1
    assert examples_of([session], LEAVES_BY_PAGE).labels.tolist() == [0, 0, 0]


def test_sessions_are_replayed_once_for_all_tasks_and_give_each_its_own_examples(monkeypatch):
    read = []
    monkeypatch.setattr(module, "features", lambda state: read.append(state.events) or features(state))
    facts = [a_fact(START + n * 1_000, "page", goal=n == 20) for n in range(40)]
    long, short = stored(facts, converted=True), stored([a_fact(START + n) for n in range(3)])
    replayed = module.Replayed([short, long])
    wanted = moments(40) | moments(20)
    assert len(read) == len(wanted) + 3 < 2 * MOMENTS + 6
    for task in TASKS:
        alone, together = examples_of([long], task), replayed.examples([long], task)
        assert np.array_equal(alone.matrix, together.matrix, equal_nan=True)
        assert alone.labels.tolist() == together.labels.tolist()
