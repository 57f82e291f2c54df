"""Of values that very many visits have, visitors are told from a sample, of those alone that pass the filters."""

import numpy as np
import pytest

from gooddata.blocks.block import OF_EVENTS, OF_SESSIONS
from gooddata.serving.columns.choose import Stretch
from gooddata.serving.columns.day import DAY_SECONDS, SAMPLED, Day, Visits
from gooddata.serving.columns.filters import parse_all
from gooddata.serving.columns.names import Names
from gooddata.serving.columns.values import by_values

START = 1_700_006_400
VISITS = 500_000  # one page view each, a third of them on a phone


@pytest.fixture(scope="module")
def stretch():
    chance = np.random.default_rng(3)
    names = {kind: Names() for kind in (*OF_SESSIONS, *OF_EVENTS)}
    names["entry"] = names["path"]
    names["device"].numbers(["mobile", "desktop"])
    names["source"].numbers(["news"])
    names["path"].numbers(["/"])
    one, none = np.ones(VISITS, "u4"), np.zeros(VISITS, "u4")
    visitor = chance.integers(0, 1 << 64, VISITS // 2, dtype="u8").repeat(2)
    seconds = np.zeros(VISITS, "i4")
    day = Day(
        start=START, session=np.arange(VISITS, dtype="u8"), visitor=visitor, started=seconds,
        of=dict.fromkeys(OF_SESSIONS, none) | {"device": 1 + (visitor % 3 > 0), "source": one, "entry": one},
        bounds=np.arange(VISITS + 1, dtype="u4"), second=seconds, flags=one.astype("u1"), path=one, name=none,
        revenue_at=none[:0], revenue=np.zeros(0), first=seconds, last=seconds, exit=one,
        whole=Visits(one, one, none, none, np.zeros(VISITS)), engaged_ms=none, bounced=one > 0, converted=none > 0,
        sampled=np.flatnonzero(visitor < SAMPLED), by_visitor=np.argsort(visitor).astype("u4"),
        pairs_made={}, links_made={},
    )  # fmt: skip
    return Stretch([day], names)


@pytest.mark.parametrize(("dimension", "value"), [("page", "/"), ("source", "news"), ("exit", "/")])
@pytest.mark.parametrize(("asked", "device"), [([], None), (["device==mobile"], 1), (["device==desktop"], 2)])
def test_visitors_of_a_value_are_those_that_pass(stretch, dimension, value, asked, device):
    [day] = stretch.days
    passed = np.ones(VISITS, bool) if device is None else day.of["device"] == device
    found = by_values(stretch, parse_all(asked), START, START + DAY_SECONDS, dimension, 5, 0)
    [row] = found["rows"]
    assert (row["value"], row["pageviews"], row["sessions"], found["values"]) == (value, passed.sum(), passed.sum(), 1)
    # The standard error is 1.1%.
    assert row["visitors"] == pytest.approx(len(np.unique(day.visitor[passed])), rel=0.05)
