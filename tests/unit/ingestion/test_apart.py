from hypothesis import given
from hypothesis import strategies as st

from gooddata.ingestion.apart import apart
from gooddata.ingestion.arrival import Arrival, Packed

PARTITIONS = 5


def arrival(visitors):
    packed = Packed(len(visitors), b"", None, visitors, b"[]", b"") if visitors else None
    return Arrival("shop", 0, None, packed)


@given(st.lists(st.lists(st.integers(0, 99), max_size=3), min_size=1, max_size=12))
def test_groups_share_no_partition_and_are_as_small_as_can_be(sent):
    groups = apart([arrival(visitors) for visitors in sent], PARTITIONS)
    assert sorted(place for group in groups for place in group) == list(range(len(sent)))
    assert all(group == sorted(group) for group in groups), "each in the order of arrival"
    partitions = [{visitor % PARTITIONS for place in group for visitor in sent[place]} for group in groups]
    assert sum(map(len, partitions)) == len(set().union(*partitions)), "no partition is in two groups"
    for group in groups:
        own = [{visitor % PARTITIONS for visitor in sent[place]} for place in group if sent[place]]
        joined = own[0] if own else set()
        for _ in own:
            joined = joined.union(*(each for each in own if each & joined))
        assert joined == set().union(*own), "what has nothing to do with the rest is no part of it"
