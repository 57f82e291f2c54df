import pytest

from gooddata.intelligence.identities.generic import NOBODY, nobody

SENT_IN_VAIN = [
    "", " ", "null", "NULL", '"null"', "(null)", "<nil>", "None", "undefined", "NaN", "anonymous", "Guest", "0", "000",
    "-1", "[object Object]", "{}", "[]", "true", "FALSE", "distinct_id", "distinctId", "not_authenticated",
    "00000000-0000-0000-0000-000000000000", "'undefined'", "n/a", "user_id", "email",
]  # fmt: skip
SOMEBODY = ["1", "42", "jane", "jane@example.com", "nully", "guest-7", "5f0c1b7e-0000-4000-8000-000000000000", "0a"]


@pytest.mark.parametrize("text", SENT_IN_VAIN)
def test_what_programs_send_when_they_have_no_id_is_nobody(text):
    assert nobody(text) in NOBODY


@pytest.mark.parametrize("text", [*SOMEBODY, "0" * 65])
def test_what_may_be_an_id_is_left_alone(text):
    assert nobody(text) is None
