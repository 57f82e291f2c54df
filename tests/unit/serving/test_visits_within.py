"""What visits come to within a span that cuts some of them, held against a sum over events one by one."""

import numpy as np

from gooddata.blocks.block import GOAL, INTERACTION, PAGE_VIEW
from gooddata.serving.columns.day import Day, Visits

START = 86_400 * 20_000


def a_day(chance):
    """Visits of one to nine events within ten minutes, whose seconds often meet; few events bring something in."""
    counts = chance.integers(1, 10, 30)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype("u4")
    second = np.concatenate([np.sort(chance.integers(0, 600, count)) for count in counts]).astype("i4")
    flags = chance.integers(0, 8, len(second)).astype("u1")
    revenue_at = np.flatnonzero(chance.random(len(second)) < 0.2).astype("u4")
    revenue = chance.integers(1, 9, len(revenue_at)).astype("f8")
    other = {
        name: np.zeros(30, "u4")
        for name in ("session", "visitor", "started", "engaged_ms", "exit", "bounced", "converted")
    }
    day = Day(
        **other, start=START, of={}, bounds=bounds, second=second, flags=flags, path=flags, name=flags,
        revenue_at=revenue_at, revenue=revenue, first=second[bounds[:-1]], last=second[bounds[1:] - 1],
        whole=None, sampled=None, by_visitor=None, pairs_made={}, links_made={},
    )  # fmt: skip
    return type(day)(**{name: getattr(day, name) for name in day.__struct_fields__} | {"whole": plain(day, 0, 600)})


def plain(day, since, until):
    found = np.zeros((5, 30))
    brought = dict(zip(day.revenue_at.tolist(), day.revenue.tolist(), strict=True))
    for visit, (begin, end) in enumerate(zip(day.bounds[:-1], day.bounds[1:], strict=True)):
        for event in range(begin, end):
            if since <= day.second[event] < until:
                flags = day.flags[event]
                such = (1, flags & PAGE_VIEW, flags & INTERACTION, flags & GOAL)
                found[:, visit] += [*(value > 0 for value in such), brought.get(event, 0)]
    return Visits(*found[:4].astype("u4"), found[4])


def test_only_what_is_within_the_span_counts():
    chance = np.random.default_rng(5)
    for _ in range(40):
        day = a_day(chance)
        since, until = np.sort(chance.choice(np.append(day.second, [0, 600]), 2)).tolist()
        found, expected = day.visits_within(START + since, START + until), plain(day, since, until)
        for name in Visits.__struct_fields__:
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)
