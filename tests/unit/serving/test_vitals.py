import pytest

from gooddata.serving.vitals import VITALS, told_of


@pytest.mark.parametrize(
    ("name", "column", "good", "poor"),
    [("lcp_ms", "lcp", 2_500, 4_000), ("cls", "cls", 100, 250), ("inp_ms", "inp", 200, 500)],
)
def test_a_bound_is_still_good_and_the_other_not_yet_poor(name, column, good, poor):
    """https://web.dev/articles/vitals"""
    [vital] = [each for each in VITALS if (each.name, each.column) == (name, column)]
    values = (0, good, good + 0.1, poor, poor + 0.1, None)
    ratings = ["good", "good", "needs improvement", "needs improvement", "poor", None]
    assert [vital.rating(value) for value in values] == ratings


def test_layout_shift_has_no_unit_in_answers_and_what_nobody_measured_no_rating():
    row = {"lcp": 2_600.0, "cls": 83.0, "inp": None, "lcp_measured": 4, "cls_measured": 3, "inp_measured": 0}
    assert told_of(row) == {
        "lcp_ms": {"p75": 2_600.0, "measured": 4, "rating": "needs improvement"},
        "cls": {"p75": 0.083, "measured": 3, "rating": "good"},
        "inp_ms": {"p75": None, "measured": 0, "rating": None},
    }
