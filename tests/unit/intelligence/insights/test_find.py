import msgspec
import numpy as np
import pytest

from bench.insights import END, made_up
from gooddata.intelligence.insights.cells import CONVERTED, Group
from gooddata.intelligence.insights.compare import Finding
from gooddata.intelligence.insights.find import find
from gooddata.intelligence.insights.fold import by_place, fold, mix_and_rate
from gooddata.intelligence.insights.significance import Test as Said
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.sessions.rollup import SESSIONS


def test_noise_says_nothing_in_nearly_all_of_sixty_projects():
    assert sum(bool(find(made_up(seed, 1_000)).insights) for seed in range(1_000, 1_060)) <= 3


@pytest.mark.parametrize("planted, whom, hours, says", [
    ({"source": 0.5}, {"source": "google"}, 84, "Sessions from google fell by "),
    ({"source": 1.8}, {"source": "google"}, 84, "Sessions from google rose by "),
    ({"device": 0.5, "hours": 168}, {"device": "phone"}, 168, "The conversion rate on phone fell by "),
    ({"errors": 3.0, "hours": 20}, {"event": "$error"}, 20, "JavaScript errors rose by "),
])  # fmt: skip
def test_what_happened_is_said_once_of_whom_and_when_it_did(planted, whom, hours, says):
    alone = 0
    for seed in range(10):
        insights = find(made_up(seed, 2_000, **planted)).insights
        alone += len(insights) == 1 and insights[0].for_whom == whom and insights[0].sentence.startswith(says)
        alone -= any(
            each.for_whom == whom and abs(END - hours * HOUR_MS - each.since) > 40 * HOUR_MS for each in insights
        )
    assert alone >= 7


def test_what_drives_the_whole_is_named_with_the_numbers_behind_it():
    [told] = find(made_up(3, 2_000, source=0.4)).insights
    assert "; nothing else explains more of the overall fall of " in told.sentence
    numbers = told.numbers
    assert numbers["share_of_change"] > 0.5 and numbers["q"] <= 0.05 and numbers["p"] < numbers["q"]
    assert numbers["interval"][0] < numbers["ratio"] < numbers["interval"][1]
    assert numbers["explains"], "pages and devices lost what google lost"
    assert 0 < told.rank <= 1


def test_what_nothing_else_explains_more_of_is_said_only_where_that_is_so():
    whole, google, phone, all_of_it = (
        Finding("change", "sessions", *cell, 7, before, after, 1.0, Said("t", -9.0, 1e-9, after / before, 0, 1))
        for cell, before, after in (
            (("", ""), 1_000, 800),
            (("source", "google"), 400, 280),
            (("device", "phone"), 500, 330),
            (("country", "DE"), 1_000, 800),
        )
    )
    [told] = fold([google], by_place([whole, google, all_of_it]))
    assert (told.finding, told.whole, told.share) == (google, whole, pytest.approx(0.6))
    [told] = fold([google], by_place([whole, google, phone]))
    assert (told.finding, told.whole) == (google, None), "phones explain more, and changed more than everything too"
    [told] = fold([whole, google, phone, all_of_it], by_place([whole, google, phone, all_of_it]))
    assert (told.finding, told.share) == (phone, pytest.approx(0.85))
    assert {each.value for each in told.folded} == {"", "google", "DE"}


def test_the_same_is_found_again_and_what_happens_the_other_way_is_something_else():
    fell, again, rose = (find(made_up(3, 2_000, source=ratio)) for ratio in (0.4, 0.4, 1.9))
    assert fell == again
    assert fell.insights[0].key != rose.insights[0].key
    assert fell.insights[0].key == find(made_up(4, 2_000, source=0.4)).insights[0].key


def test_what_goes_with_a_goal_is_no_cause_and_a_page_stands_out():
    quiet = made_up(8)
    traits = [Group("", "", 10_000, 400), Group("event", "$search", 2_000, 160), Group("event", "$error", 1_000, 40)]
    pages = [Group("page", "/", 3_000, 150), Group("page", "/pay", 1_000, 200), Group("page", "/new", 100, 90)]
    told = find(msgspec.structs.replace(quiet, traits=traits, struggles=pages)).insights
    assert {(each.kind, *each.for_whom.values()) for each in told} == {
        ("association", "$search"), ("stand-out", "/pay"),
    }  # fmt: skip
    [search] = [each for each in told if each.kind == "association"]
    assert search.sentence.startswith("Sessions that searched convert 2.67 times as often as others (8.0% against 3.0%")
    assert search.sentence.endswith("which need not be a cause.")


def test_too_little_is_told_as_the_reason():
    made = made_up(1)
    assert find(msgspec.structs.replace(made, days=20)).reason == "needs 21 days of counts; there are 20"
    assert find(made_up(1, 3)).reason.startswith("needs 200 sessions in 35 days; there are ")
    assert find(msgspec.structs.replace(made, cells={})).reason.endswith("there are 0")
    assert find(msgspec.structs.replace(made, days=21)).reason is None


def test_a_rate_changes_by_its_mix_or_within():
    made = made_up(2)
    for name, rate in (("google", 0.1), ("direct", 0.02)):
        made.cells["source", name][:] = 0
        made.cells["source", name][:, SESSIONS] = 100
        made.cells["source", name][-168:, SESSIONS] = 100 if name == "direct" else 25
        made.cells["source", name][:, CONVERTED] = made.cells["source", name][:, SESSIONS] * rate
    for name in ("newsletter", "bing"):
        del made.cells["source", name]
    mix, within = mix_and_rate(made, "conversion_rate", "source", 7)
    assert (mix, within) == (pytest.approx(0.036 - 0.06), pytest.approx(0))
    made.cells["source", "google"][-168:, SESSIONS] = 100
    made.cells["source", "google"][-168:, CONVERTED] = 5
    mix, within = mix_and_rate(made, "conversion_rate", "source", 7)
    np.testing.assert_allclose([mix, within], [0, -0.025], atol=1e-12)
