"""Whether visitors come back: what is known when, what came true, and what is said of it."""

import msgspec
import numpy as np
import pytest

from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.keep import scored
from gooddata.intelligence.returns.tasks import (
    ACTIVE_DAYS,
    CHURN_30D,
    RETURN_7D,
    TASKS,
    asked_about,
    examples,
    fit,
    predict,
)  # fmt: skip
from gooddata.intelligence.returns.visits import MOST_VISITS, NAMES, Visitor, known_at, matrix, row
from tests.unit.intelligence.returns.given import NOW, everybody, visit


def named(values):
    return dict(zip(NAMES, values, strict=True))


def test_features_are_those_of_a_plain_recount():
    visits = [
        visit(NOW - 20 * DAY_MS, 5, source="news"),
        visit(NOW - 12 * DAY_MS, 1, 2, 30.0),
        visit(NOW - 10 * DAY_MS, 3, 1, 12.5, device="mobile", source="facebook", clicks=7, engaged_ms=90_000),
    ]
    told = named(row(visits, NOW))
    ends = [(NOW - each.last_at) / DAY_MS for each in visits]
    gaps = [ends[0] - ends[1], ends[1] - ends[2]]
    assert told["visits.times"] == 3 and told["visits.recency_days"] == pytest.approx(ends[2])
    assert told["visits.mean_gap_days"] == pytest.approx(np.mean(gaps)) and told["visits.amount"] == 42.5
    assert told["visits.last_gap_days"] == pytest.approx(2) and told["visits.times_month"] == 3
    assert told["goals.times"] == 2 and told["goals.recency_days"] == pytest.approx(ends[2])
    assert told["goals.amount"] == 42.5 and told["goals.last_amount"] == 12.5
    assert told["pages_mean"] == 3 and told["last.pages"] == 3 and told["last.clicks"] == 7
    assert told["last.engaged_seconds"] == 90 and told["last.minutes"] == 10 and told["last.goals"] == 1
    assert (told["on_phone"], told["from_search"], told["from_social"], told["direct"]) == (1, 0, 1, 0)
    # Day 20,690 is Tuesday, 25 August 2026.
    assert told["last.weekday"] == 1 and told["last.hour"] == 0
    alone = named(row(visits[:1], NOW))
    assert np.isnan([alone["visits.mean_gap_days"], alone["goals.recency_days"]]).all() and alone["goals.amount"] == 0


def test_who_comes_very_often_is_known_by_the_same_visits_at_every_moment():
    often = [visit(NOW - hours * 3_600_000) for hours in range(900, 0, -1)]
    for at in (NOW, NOW - 5 * DAY_MS):
        known = known_at(often, at)
        assert len(known) == MOST_VISITS and known[-1].last_at <= at < known[-1].last_at + 2 * 3_600_000


def test_who_is_asked_about_and_what_came_true():
    stranger = Visitor(1, [visit(NOW - 3 * DAY_MS)])
    regular = Visitor(2, [visit(NOW - 40 * DAY_MS), visit(NOW - 35 * DAY_MS), visit(NOW - 6 * DAY_MS)])
    buyer = Visitor(3, [visit(NOW - 50 * DAY_MS, goals=1)])
    gone = Visitor(4, [visit(NOW - (ACTIVE_DAYS + 1) * DAY_MS, goals=1)])
    people = [stranger, regular, buyer, gone]
    assert [place for place, _ in asked_about(people, RETURN_7D, NOW)] == [0, 1, 2]
    assert [place for place, _ in asked_about(people, CHURN_30D, NOW)] == [1, 2]
    week = examples(people, RETURN_7D, [NOW - 7 * DAY_MS])
    assert (week.of_visitor.tolist(), week.labels.tolist()) == ([1, 2, 3], [1, 0, 0])
    month = examples(people, CHURN_30D, [NOW - 31 * DAY_MS])
    # The regular came again six days ago; at that time nobody had been away for too long.
    assert (month.of_visitor.tolist(), month.labels.tolist()) == ([1, 2, 3], [0, 1, 1])
    # A visit that was going on at the moment is not known then, and is no return after it.
    during = Visitor(5, [visit(NOW - 8 * DAY_MS), visit(NOW - 7 * DAY_MS - 60_000)])
    assert examples([during], RETURN_7D, [NOW - 7 * DAY_MS]).labels.tolist() == [0]
    assert len(known_at(during.visits, NOW - 7 * DAY_MS)) == 1


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_who_has_habits_can_be_told(task):
    fitted = fit(everybody(900), task, NOW)
    assert fitted.reason is None
    assert fitted.metrics["auc"] > 0.75 and fitted.metrics["log_loss"] < fitted.metrics["log_loss_baseline"]
    people = everybody(300, seed=9)
    asked = asked_about(people, task, NOW)
    told = predict(fitted.model, matrix([known for _, known in asked], NOW))
    often = np.array([len(known) > 8 and known[-1].last_at > NOW - 4 * DAY_MS for _, known in asked])
    away = np.array([known[-1].last_at < NOW - 45 * DAY_MS for _, known in asked])
    better, worse = told[often].mean(), told[away].mean()
    assert (better > 2 * worse) if task is RETURN_7D else (worse > 2 * better)


def test_what_hangs_on_nothing_is_not_told():
    fitted = fit(everybody(500, noise=True), RETURN_7D, NOW)
    assert fitted.model is None or fitted.metrics["auc"] < 0.65


def test_the_window_that_judges_is_no_part_of_what_is_learned_from():
    people = everybody(600)
    window = NOW - 7 * DAY_MS
    before = [
        Visitor(each.visitor, kept) for each in people if (kept := [v for v in each.visits if v.started_at <= window])
    ]
    learned = examples(people, RETURN_7D, [NOW - step * 7 * DAY_MS for step in (3, 4)])
    same = examples(before, RETURN_7D, [NOW - step * 7 * DAY_MS for step in (3, 4)])
    np.testing.assert_array_equal(learned.matrix, same.matrix)
    np.testing.assert_array_equal(learned.labels, same.labels)


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([], "needs 28 days of sessions; there are 0"),
        (everybody(600, days=20), "needs 28 days of sessions; there are"),
        (everybody(120), "needs 200 visitors to learn from"),
        (
            [msgspec.structs.replace(each, visits=each.visits[:1]) for each in everybody(900)],
            "who came back within",
        ),
    ],
)
def test_too_little_is_said_with_how_much_there_is(people, says):
    fitted = fit(people, RETURN_7D, NOW)
    assert fitted.model is None and says in fitted.reason


def test_a_visitor_is_told_with_what_is_known_of_them():
    models = {task.name: fit(everybody(900), task, NOW).model for task in TASKS}
    regular = Visitor(7, [visit(NOW - days * DAY_MS, goals=1, revenue=10) for days in (9, 6, 3)])
    stranger = Visitor(8, [visit(NOW - 2 * DAY_MS)])
    [one, other] = scored([regular, stranger], models, NOW)
    assert one[0] == 7 and 0 < one[1] < 1 and 0 < one[2] < 1
    assert one[3:] == (3, regular.visits[-1].last_at, 3.0, 3, 30.0)
    assert other[2] is None and other[5] is None and other[1] < one[1]
    assert scored([regular], {RETURN_7D.name: None, CHURN_30D.name: None}, NOW)[0][1:3] == (None, None)
