import random

import pytest

from gooddata.serving.properties.histogram import summary


def edges(told):
    return [(bucket["from"], bucket["to"]) for bucket in told["buckets"]]


def test_one_number_is_a_bucket_of_its_own():
    buckets = [{"from": 7.0, "to": 8.0, "count": 1}]
    same = dict.fromkeys(("sum", "mean", "min", "max", "median"), 7.0)
    assert summary([7]) == same | {"whole": True, "buckets": buckets}
    assert [bucket["count"] for bucket in summary([0.0] * 3)["buckets"]] == [3]


def test_small_whole_numbers_have_a_bucket_each():
    told = summary([1, 1, 2, 5])
    assert [(bucket["from"], bucket["count"]) for bucket in told["buckets"]] == [(1, 2), (2, 1), (3, 0), (4, 0), (5, 1)]
    assert (told["median"], told["mean"]) == (1.5, 2.25)


def test_buckets_are_of_a_round_width():
    told = summary([number / 100 for number in range(0, 9_000, 7)])
    assert told["whole"] is False
    assert edges(told)[:2] == [(0, 10), (10, 20)]
    assert edges(told)[-1] == (80, 90)


def test_what_is_far_out_is_in_open_buckets():
    told = summary([*range(100, 400), 1_000_000, -500_000])
    assert edges(told)[0] == (None, 100) and edges(told)[-1] == (400, None)
    assert [told["buckets"][place]["count"] for place in (0, -1)] == [1, 1]
    assert (told["min"], told["max"]) == (-500_000, 1_000_000)


def test_widths_of_whole_numbers_are_whole():
    told = summary(list(range(27)))
    assert all(edge is None or edge == int(edge) for pair in edges(told) for edge in pair)


@pytest.mark.parametrize("seed", range(40))
def test_every_number_is_in_one_bucket(seed):
    chance = random.Random(seed)
    spread = chance.choice([1e-6, 0.3, 5, 1e4, 2.0**53])
    numbers = [chance.choice([chance.uniform, chance.gauss])(-spread, spread) for _ in range(chance.randint(1, 300))]
    numbers = [round(number) for number in numbers] if chance.random() < 0.3 else numbers
    told = summary(numbers)
    for bucket in told["buckets"]:
        inside = [
            number
            for number in numbers
            if (bucket["from"] is None or number >= bucket["from"]) and (bucket["to"] is None or number < bucket["to"])
        ]
        assert len(inside) == bucket["count"]
    assert sum(bucket["count"] for bucket in told["buckets"]) == len(numbers)
    assert len(told["buckets"]) <= 18
    assert all(a["to"] == b["from"] for a, b in zip(told["buckets"], told["buckets"][1:], strict=False))
