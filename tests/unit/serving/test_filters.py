"""Filters as they are written."""

import numpy as np
import pytest

from gooddata.errors import InputError
from gooddata.intelligence.returns.tasks import TASKS as OF_VISITORS
from gooddata.intelligence.scoring.tasks import NAMES
from gooddata.serving.columns.filters import (
    DIMENSIONS,
    MOST_FILTERS,
    MOST_LENGTH,
    NUMBERS,
    SESSION_SCORES,
    VISITOR_SCORES,
    Comparison,
    Filter,
    parse,
    parse_all,
    parse_condition,
    scores_in,
)
from gooddata.serving.columns.funnel import MOST_STEPS, parse_steps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("page==/pricing", Filter("page", False, False, ("/pricing",))),
        ("source!=google|bing", Filter("source", True, False, ("google", "bing"))),
        ("page~/blog/", Filter("page", False, True, ("/blog/",))),
        ("event!~add", Filter("event", True, True, ("add",))),
        ("page==/a?x==1", Filter("page", False, False, ("/a?x==1",))),
        (r"campaign==a\|b|c\\", Filter("campaign", False, False, ("a|b", "c\\"))),
        ("entry==a\nb", Filter("entry", False, False, ("a\nb",))),
        ("source==", Filter("source", False, False, ("",))),
    ],
)
def test_a_filter_is_read(text, expected):
    assert parse(text) == parse_condition(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conversion>=0.6", Comparison("conversion", ">=", 0.6)),
        ("leave_30s<0.2", Comparison("leave_30s", "<", 0.2)),
        ("views>3", Comparison("views", ">", 3)),
        ("revenue<=-12.500000", Comparison("revenue", "<=", -12.5)),
        ("events>=999999999999", Comparison("events", ">=", 999_999_999_999)),
    ],
)
def test_a_comparison_is_read(text, expected):
    assert parse_condition(text) == expected
    assert parse_all([text, "page==/"]) == (expected, parse("page==/"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("views==3", "is a number: compare it with >=, >, <= or <"),
        ("conversion~0", "is a number"),
        ("page>=3", "is a text: compare it with"),
        ("views>=", "with one number"),
        ("views>=3|4", "with one number"),
        ("views>=1e3", "with one number"),
        ("conversion>nan", "with one number"),
        ("conversion>=inf", "with one number"),
        ("views>=\u0663", "with one number"),
        ("views>=1234567890123", "with one number"),
        ("revenue>0.1234567", "with one number"),
        ("views=>3", "is no filter"),
        ("shoes>3", "cannot be filtered by; one of page, .*, churn_30d can"),
        ("page==a\0", "no NUL"),
    ],
)
def test_what_is_no_comparison_is_refused_with_the_reason(text, why):
    with pytest.raises(InputError, match=why) as refused:
        parse_all([text], "filters")
    assert refused.value.field == "filters"


def test_a_comparison_holds_for_no_session_without_the_number():
    values = np.array([0.2, 0.6, np.nan, 0.7])
    held = {sign: Comparison("conversion", sign, 0.6).holds(values).tolist() for sign in (">=", ">", "<=", "<")}
    assert held == {
        ">=": [False, True, False, True], ">": [False, False, False, True],
        "<=": [True, True, False, False], "<": [True, False, False, False],
    }  # fmt: skip


def test_every_score_can_be_asked_for():
    assert SESSION_SCORES == NAMES
    assert {task.name for task in OF_VISITORS} == set(VISITOR_SCORES)
    assert not set(NUMBERS) & set(DIMENSIONS)
    assert scores_in(parse_all(["churn_30d>0.5", "leave_page<1", "views>1", "page==/"])) == {"churn_30d", "leave_page"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("page=/a", "is no filter"),
        ("", "is no filter"),
        ("shoe==1", "cannot be filtered by"),
        ("page~", "contains everything"),
        ("page==" + "x" * MOST_LENGTH, f"{MOST_LENGTH:,} characters"),
    ],
)
def test_what_is_no_filter_is_refused_with_the_reason(text, why):
    with pytest.raises(InputError, match=why) as refused:
        parse(text)
    assert refused.value.field == "filter"


def test_filters_and_steps_are_bounded():
    assert len(parse_all(["page==/"] * MOST_FILTERS)) == MOST_FILTERS
    with pytest.raises(InputError, match="too many"):
        parse_all(["page==/"] * (MOST_FILTERS + 1))
    for count in (0, 1, MOST_STEPS + 1):
        with pytest.raises(InputError, match="2 to 8 steps"):
            parse_steps(["page==/"] * count)
    with pytest.raises(InputError, match="what it is not"):
        parse_steps(["page==/", "event!=x"])
    with pytest.raises(InputError, match="cannot be filtered by"):
        parse_steps(["page==/", "source==x"])


def test_a_filter_holds_for_its_values():
    assert parse("page==/a|/b").holds()("/b") and not parse("page==/a|/b").holds()("/ab")
    assert parse("page~a|c").holds()("xax") and not parse("page~a|c").holds()("b")
