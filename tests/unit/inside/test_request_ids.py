import pytest

from gooddata.inside.request_ids import request_id


@pytest.mark.parametrize("sent", [b"a", b"Root=1-67891233-abcdef", b"0" * 128, b"svc/7:9+x="])
def test_a_well_formed_id_is_kept(sent):
    assert request_id(sent) == sent.decode()


@pytest.mark.parametrize("sent", [None, b"", b" a", b"a b", b"0" * 129, b"a\r\nx: y", b"<b>", b"a@b.org", "é".encode()])
def test_any_other_is_replaced_by_one_of_its_own(sent):
    one, other = request_id(sent), request_id(sent)
    assert one != other
    assert sent is None or one.encode() != sent
