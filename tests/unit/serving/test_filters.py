"""Filters as they are written."""

import pytest

from gooddata.errors import InputError
from gooddata.serving.columns.filters import MOST_FILTERS, MOST_LENGTH, Filter, parse, parse_all
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
    assert parse(text) == expected


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
