"""Who is held out: a share of all, the same ones every time."""

from gooddata.persistence.holdout import is_held_out
from gooddata.persistence.pseudonym import Pseudonyms

PSEUDONYMS = Pseudonyms(b"a secret")
VISITORS = [PSEUDONYMS.visitor("shop", f"visitor-{number}") for number in range(20_000)]


def held(share, visitors=VISITORS):
    return {visitor for visitor in visitors if is_held_out(visitor, share)}


def test_it_is_the_share_asked_for_and_a_greater_one_holds_out_the_same_and_others():
    assert not held(0.0)
    assert 0.09 < len(held(0.1)) / len(VISITORS) < 0.11
    assert held(0.1) < held(0.2) and len(held(0.5)) < 0.52 * len(VISITORS)


def test_one_project_says_nothing_of_another():
    others = [PSEUDONYMS.visitor("blog", f"visitor-{number}") for number in range(20_000)]
    both = sum(is_held_out(one, 0.5) == is_held_out(other, 0.5) for one, other in zip(VISITORS, others, strict=True))
    assert 0.48 < both / len(VISITORS) < 0.52
