import random

import numpy as np
import pytest

from gooddata.errors import InputError
from gooddata.intelligence.automated.behaviour import NAMES, behaviour
from gooddata.intelligence.automated.conduct import Watched, conduct, evenness
from gooddata.intelligence.automated.detector import LIKELY, Detector, abstains
from gooddata.intelligence.automated.keep import metrics
from gooddata.intelligence.automated.usual import Usual, shown_by
from tests.unit.intelligence.automated.given import (
    HOUR,
    START,
    a_fact,
    crawler,
    monitor,
    people,
    visit,
    watched,
    who,
)


@pytest.fixture(scope="module")
def detector():
    return Detector.fit(watched([*people(400), *crawler(), *monitor()]))


def page(place, path="/p", **fields):
    return a_fact(START + place * 1_000, "page", path=path, **fields)


def told(*facts):
    return conduct(Watched(who(1), who(2), START, False, facts))


def test_a_crawler_and_a_monitor_are_found_and_few_people_are(detector):
    for program in (crawler(), monitor()):
        assert detector.look(watched(program))[-1].score > 0.9
    found = detector.look(watched(people(400, seed=5)))
    assert sum(each.likely for each in found) <= 8


def test_the_reasons_say_what_a_session_did_and_what_people_do(detector):
    reasons = {reason.name: reason for reason in detector.look(watched(crawler()))[-1].reasons}
    assert reasons["unattended"].text == "60 pages, and nothing that only somebody at a screen does"
    assert reasons["pages"].text == "60 pages in one session; nine of ten people have at most 6"
    assert (reasons["pages"].value, reasons["pages"].beyond) == (60.0, pytest.approx(5.0, abs=2.5))
    around = {reason.name: reason.text for reason in detector.look(watched(monitor()))[-1].reasons}
    assert around["around_the_clock"] == "had sessions in 20 different hours of 24"
    assert around["clock_sessions"] == "20 sessions like clockwork"


def test_whatever_is_likely_has_a_reason(detector):
    for each in detector.look(watched([*people(400, seed=6), *crawler(), *monitor()])):
        assert each.reasons or each.score < LIKELY


def test_neither_user_agent_nor_what_a_session_says_of_itself_is_looked_at(detector):
    plain = watched(crawler())
    marked = watched(crawler())
    for each in marked:
        each.declared = True
        for fact in each.facts:
            fact.automated, fact.device, fact.browser = True, "mobile", "Firefox"
    assert detector.look(marked) == detector.look(plain)


def test_those_that_declare_themselves_are_not_learned_from():
    sessions = watched(people(300))
    rng = random.Random(8)
    # As somebody would, but for a hundred times as long.
    declared = watched([fact for n in range(60) for fact in visit(rng, who(5_000 + n), START, 60, 9_000, True)])
    for each in declared:
        each.declared = True
    model = Detector.fit([*sessions, *declared])
    assert model.usual == Detector.fit(sessions).usual
    told = metrics(model, [*sessions, *declared])
    assert (told["sessions"], told["declared"]) == (360, 60)
    assert told["auc_against_declared"] > 0.95


@pytest.mark.parametrize(("shown", "counts"), [({"assets"}, True), (set(), False)])
def test_bare_pages_are_unusual_only_where_others_have_pictures(shown, counts):
    rows = np.array([behaviour(told(page(1), a_fact(START, name="Request", path="/a.css")))] * 60)
    bare = np.array([behaviour(told(page(1)))])
    far = Usual.of(rows, frozenset(shown)).beyond(bare)[0]
    assert (far[NAMES.index("bare_pages")] > 0) == counts


def test_absence_tells_something_only_where_others_have_it():
    bare, with_asset = page(1), a_fact(START, name="Request", path="/a.css")
    assert shown_by([told(bare), told(bare, with_asset)]) == {"assets"}
    assert shown_by([told(bare)] * 9 + [told(bare, with_asset)]) == frozenset()
    assert shown_by([told(bare), told(bare, a_fact(START, name="$click"))]) == {"signs"}
    nobody = Detector.fit(watched([fact for n in range(300) for fact in crawler(who(n), 1 + n % 3)]))
    assert not any(each.likely for each in nobody.look(watched(crawler(pages=3))))


def test_a_server_log_tells_by_what_browsers_fetch():
    logs = []
    for n in range(300):
        at = START + n * 700_000
        logs += [
            a_fact(at, "page", path="/", visitor=who(n)),
            a_fact(at + 9, name="Request", path="/x.png", visitor=who(n)),
        ]
    bare = [a_fact(START + n * 9_000, "page", path=f"/{n}", visitor=who(999)) for n in range(9)]
    [found] = Detector.fit(watched(logs)).look(watched(bare))
    assert found.likely and "bare" in {reason.name for reason in found.reasons}


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        (a_fact(START, name="Request", path="/robots.txt"), "robots"),
        (a_fact(START, "page", path="/robots.txt"), "robots"),
        (a_fact(START, name="Request", path="/wp-login.php"), "probes"),
        (a_fact(START, "page", path="/wp-login.php"), None),
    ],
)
def test_plain_rules(detector, fact, rule):
    [found] = detector.look([Watched(who(1), who(2), START, False, [fact])])
    assert {reason.name for reason in found.reasons} & {"robots", "probes"} == ({rule} - {None})
    assert found.likely == (rule is not None)


def test_evenness_is_one_for_a_clock_and_about_none_for_chance():
    assert evenness([0, 10, 20, 30], 3) == 1.0
    assert evenness([0, 1, 2, 100], 3) < 0.0
    assert evenness([0, 10, 20], 3) is None
    assert evenness([5, 5, 5, 5], 3) is None


def test_too_few_sessions_say_so():
    assert abstains(199) == "needs 200 sessions of the last 28 days; there are 199"
    assert abstains(200) is None


def test_a_model_that_is_none_is_refused(detector):
    with pytest.raises(InputError):
        Detector.loads(b"nothing")


def test_a_visit_of_somebody_who_looks_at_much_is_no_program(detector):
    long = visit(random.Random(4), who(7), START + 5 * HOUR, 15, 25_000, True, "google")
    [found] = detector.look(watched(long))
    assert not found.likely
