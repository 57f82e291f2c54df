from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gooddata.serving.behaviour import sliced, tag_of
from gooddata.serving.period import Period


@pytest.mark.parametrize(
    ("element", "tag"),
    [("form#order>div:1>my-button:2", "my-button"), ("a#cart", "a"), ("a#:token", "a"), ("", "body"), (None, None)],
)
def test_a_path_leads_to_a_tag(element, tag):
    assert tag_of(element) == tag


def test_a_period_is_cut_into_equal_parts_without_a_gap():
    start = datetime(2026, 11, 1, tzinfo=UTC)
    bounds = sliced(Period(start, start + timedelta(days=7, microseconds=1)), 50)
    lengths = [after - before for before, after in pairwise(bounds)]
    assert (bounds[0], bounds[-1], len(lengths)) == (start, start + timedelta(days=7, microseconds=1), 50)
    assert max(lengths) - min(lengths) <= timedelta(microseconds=2)
