import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.event import derived_id, visitor_hash
from gooddata.ingestion.fingerprints import FINGERPRINT_BYTES, fingerprints, id_bytes


def fingerprint(project, visitor, event_id):
    ids, _ = id_bytes(project, [event_id])
    return int(fingerprints(ids, np.array([visitor_hash(project, visitor)], np.uint64))[0])


def plainly(ids, visitor):
    """The same without columns."""

    def mixed(number):
        for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
            number = (number ^ number >> 33) * factor % 2**64
        return number ^ number >> 33

    low, high = int.from_bytes(ids[:8], "little"), int.from_bytes(ids[8:], "little")
    return max(mixed(mixed(low ^ visitor) ^ high), 1)


@given(st.uuids(), st.integers(0, 2**64 - 1))
def test_columns_give_what_one_by_one_gives(event_id, visitor):
    found = fingerprints(event_id.bytes, np.array([visitor], np.uint64))
    assert found.tolist() == [plainly(event_id.bytes, visitor)]
    assert found.itemsize == FINGERPRINT_BYTES


def test_identity_is_project_visitor_and_id():
    identities = [("p", "v", "i"), ("q", "v", "i"), ("p", "w", "i"), ("p", "v", "j"), ("p", "v", "i ")]
    assert len({fingerprint(*identity) for identity in identities}) == len(identities)


def test_ids_that_differ_in_one_bit_have_other_fingerprints():
    first = uuid.uuid4()
    others = [uuid.UUID(int=first.int ^ 1 << bit) for bit in range(128)]
    assert len({fingerprint("p", "v", str(one)) for one in [first, *others]}) == 129


def test_a_uuid_is_itself_in_either_case_and_other_text_gets_a_derived_id():
    own = str(uuid.uuid4())
    assert id_bytes("p", [own, own.upper()]) == (uuid.UUID(own).bytes * 2, None)
    packed, derived = id_bytes("p", [own, "order-17"])
    assert derived == [None, derived_id("p", "order-17")]
    assert packed == uuid.UUID(own).bytes + uuid.UUID(derived[1]).bytes


@pytest.mark.parametrize(
    "wrong",
    [
        "0f8fad5b-d9cb-469f-a165-70867728950",
        "0f8fad5b-d9cb-469f-a165-70867728950e0",
        "0f8fad5bd9cb-469f-a165-7086-7728950e",
        "0f8fad5b-d9cb-469f-a165-7086772895g0",
        "0f8fad5b-d9cb-469f-a165- 7086772895e",
        "0f8fad5b-d9cb-469f-a165-70867728950\u0660",
        "-f8fad5b-d9cb-469f-a165-70867728950e",
        "{0f8fad5b-d9cb-469f-a165-7086772895}",
    ],
)
def test_what_only_looks_like_a_uuid_gets_a_derived_id(wrong):
    for ids in ([wrong], [str(uuid.uuid4()), wrong], [wrong, str(uuid.uuid4()), wrong]):
        _, derived = id_bytes("p", ids)
        assert [each is not None for each in derived] == [each == wrong for each in ids]


def test_two_wrong_ids_do_not_make_two_right_ones_together():
    both = "0f8fad5b-d9cb-469f-a165-70867728950e1f8fad5b-d9cb-469f-a165-70867728950e"
    for cut in range(1, len(both)):
        ids = [both[:cut], both[cut:]]
        _, derived = id_bytes("p", ids)
        assert (derived is None) == (cut == 36)


@given(st.lists(st.uuids().map(str) | st.text(max_size=40), min_size=1, max_size=6))
def test_every_id_has_sixteen_bytes(ids):
    packed, derived = id_bytes("p", ids)
    assert len(packed) == 16 * len(ids)
    for place, event_id in enumerate(ids):
        expected = event_id if derived is None or derived[place] is None else derived[place]
        assert packed[16 * place :][:16] == uuid.UUID(expected).bytes
