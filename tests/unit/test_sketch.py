"""Sketches of visitors: exact while small, the same bytes however they came about, and able to forget."""

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gooddata.sketch import EXACT_UP_TO, Visitors, count_of, heads, mark_of, without


def some(number, seed=0):
    """The heads of so many visitors, all different."""
    rng = random.Random(seed)
    return [rng.getrandbits(64).to_bytes(8, "little") for _ in range(number)]


def sketch_of(visitors):
    made = Visitors()
    made.add(heads(b"".join(visitors)))
    return made.sketch()


@pytest.mark.parametrize("number", [0, 1, 2, 100, EXACT_UP_TO])
def test_it_is_exact_while_small(number):
    visitors = some(number)
    assert count_of(sketch_of(visitors + visitors)) == number


@pytest.mark.parametrize("number", [EXACT_UP_TO + 1, 10_000, 100_000])
def test_it_is_close_and_small_beyond(number):
    sketch = sketch_of(some(number))
    assert count_of(sketch) == pytest.approx(number, rel=0.07)  # three standard errors
    assert len(sketch) <= 16_500


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_same_visitors_give_the_same_bytes_however_they_are_merged(data):
    visitors = some(data.draw(st.sampled_from([3, 500, EXACT_UP_TO, EXACT_UP_TO + 1, 5_000, 9_000])))
    shuffled = visitors.copy()
    random.Random(data.draw(st.integers(0, 9))).shuffle(shuffled)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(visitors)), max_size=5)))
    merged = Visitors()
    for since, until in zip([0, *cuts], [*cuts, len(visitors)], strict=True):
        if data.draw(st.booleans()):
            merged.add(heads(b"".join(shuffled[since:until])))
        else:
            merged.add_sketch(sketch_of(shuffled[since:until]))
    assert merged.sketch() == sketch_of(visitors)
    assert merged.count() == count_of(merged.sketch())


@pytest.mark.parametrize("number", [1, 50, EXACT_UP_TO - 3])
def test_what_is_left_without_some_is_as_if_they_had_never_been(number):
    visitors, gone = some(number), some(3, seed=1)
    mixed = sketch_of([*visitors, *gone])
    assert all(mark_of(visitor) in mixed for visitor in gone)
    assert without(mixed, b"".join(gone)) == sketch_of(visitors)
    assert without(sketch_of(gone), b"".join(gone)) is None


def test_nothing_is_left_of_whoever_is_taken_out_of_a_sketch_that_is_not_exact():
    visitors = some(EXACT_UP_TO + 500)
    sketch = sketch_of(visitors)
    in_sketch = [visitor for visitor in visitors if mark_of(visitor) in sketch]
    [on_the_bound] = [visitor for visitor in in_sketch if mark_of(visitor) == sketch[16:24]]
    for visitor in (on_the_bound, in_sketch[0], in_sketch[-1]):
        left = without(sketch, visitor)
        assert mark_of(visitor) not in left
        assert count_of(left) == pytest.approx(len(visitors), rel=0.1)


def test_heads_are_eight_bytes_each():
    assert list(heads(struct.pack("<qq", 5, -7))) == [5, -7]
