"""Passwords are compared as long for nobody as for somebody, and only so many wait."""

import asyncio

import pytest

from gooddata.errors import InputError
from gooddata.serving.access import TooMany
from gooddata.serving.accounts.passwords import MOST_WAITING, Passwords, check_password


class Counted:
    """A hasher that notes what it compares with."""

    def __init__(self, hasher):
        self._hasher, self.compared = hasher, []

    def verify(self, kept, password):
        self.compared.append(kept)
        return self._hasher.verify(kept, password)

    def hash(self, password):
        return self._hasher.hash(password)


async def test_nobodys_password_is_compared_at_the_same_cost():
    passwords = Passwords()
    kept = await passwords.hash("correct horse battery")
    passwords._hasher = counted = Counted(passwords._hasher)
    assert await passwords.is_right("correct horse battery", kept)
    assert not await passwords.is_right("correct horse batterz", kept)
    assert not await passwords.is_right("correct horse battery", None)
    assert not await passwords.is_right("correct horse battery", "no hash")
    costs = [each.rsplit("$", 2)[0] for each in counted.compared[:3]]
    assert costs == [costs[0]] * 3 and "argon2id" in costs[0]


async def test_only_so_many_wait():
    passwords = Passwords()
    asked = [passwords.is_right("x", "no hash") for _ in range(MOST_WAITING + 3)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in outcomes] == [bool] * MOST_WAITING + [TooMany] * 3
    assert not await passwords.is_right("x", "no hash"), "and then there is room again"


@pytest.mark.parametrize("length", [0, 11, 257])
def test_a_password_is_of_a_length(length):
    with pytest.raises(InputError):
        check_password("x" * length)
    check_password("x" * 12)
    check_password("x" * 256)
