import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gooddata.eventlog.jetstream.message import NOWHERE, begun, in_pieces, whole


@given(st.lists(st.tuples(st.sampled_from("ab"), st.binary(min_size=1, max_size=40)), max_size=6), st.integers(1, 9))
def test_what_goes_in_pieces_comes_back_whole_and_what_is_cut_off_does_not(things, most):
    stored, seq = [], 0
    for place, (subject, data) in enumerate(things):
        for message in in_pieces(subject, data, place, most):
            assert len(message.data) <= most
            seq += 1
            stored.append(msgspec.structs.replace(message, seq=seq))
    found = list(whole(stored))
    assert [(each.subject, each.data, each.expected) for each in found] == [
        (subject, data, place) for place, (subject, data) in enumerate(things)
    ]
    assert [each.first for each in found[1:]] == [each.seq + 1 for each in found[:-1]]
    starts = [place for place, message in enumerate(stored) if message.expected != NOWHERE]
    for place in range(len(stored)):
        assert begun(stored[place:]) == stored[min((s for s in starts if s >= place), default=len(stored)) :]
    assert list(whole(stored[:-1])) == found[:-1], "the last one lacks its end"
    assert sum(message.expected != NOWHERE for message in stored) == len(things), "once each"
