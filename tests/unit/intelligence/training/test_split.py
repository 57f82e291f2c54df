from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.split import split, split_for_refit


def sessions(*spans):
    return [StoredSession(start, end, False, False, FIRST_VISIT, []) for start, end in spans]


def test_what_is_learned_from_is_older_than_what_is_judged_by():
    parts = split(sessions(*((n, n) for n in range(100))))
    assert [len(parts.train), len(parts.calibrate), len(parts.test)] == [60, 15, 25]
    assert parts.train[-1].started_at < parts.calibrate[0].started_at < parts.test[0].started_at == parts.split_at == 75


def test_a_session_whose_outcome_was_not_known_yet_is_left_out():
    parts = split(sessions(*((n, n + (50 if n in (20, 70) else 0)) for n in range(100))))
    assert 20 not in [session.started_at for session in parts.train]
    assert 70 not in [session.started_at for session in parts.calibrate]
    assert [len(parts.train), len(parts.calibrate), len(parts.test)] == [59, 14, 25]


def test_the_refit_uses_the_newest_sessions_too():
    learn, newest = split_for_refit(sessions(*((n, n) for n in range(100))))
    assert (len(learn), len(newest), newest[-1].started_at) == (80, 20, 99)


def test_nothing_splits_into_nothing():
    assert split([]).test == []
