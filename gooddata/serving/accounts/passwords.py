"""Passwords: argon2id hashes, made and compared beside the event loop, one at a time."""

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gooddata.errors import InputError
from gooddata.serving.access import TooMany

FEWEST_CHARACTERS = 12
MOST_CHARACTERS = 256
MOST_WAITING = 16  # each takes 64 MiB and some hundredths of a second, one after the other


def check_password(password: str) -> None:
    """Raises InputError for what is no password that can be kept."""
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise InputError(f"a password has {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters", "password")


class Passwords:
    """Hashes and compares. Raises TooMany while `MOST_WAITING` others wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def hash(self, password: str) -> str:
        async with _Place(self):
            return await asyncio.to_thread(self._hasher.hash, password.encode("utf-8", "surrogatepass"))

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Whether `kept` is of this password; without one it is not, and that takes as long."""
        async with _Place(self):
            return await asyncio.to_thread(self._compare, password, kept)

    @cached_property
    def _nobodys(self) -> str:
        """What an unknown account is compared with, so that it takes as long as a known one."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def _compare(self, password: str, kept: str | None) -> bool:
        nobodys = self._nobodys  # whoever it is: else the first comparison would tell
        try:
            return self._hasher.verify(kept or nobodys, password.encode("utf-8", "surrogatepass")) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


class _Place:
    """A place in the line."""

    def __init__(self, passwords: Passwords) -> None:
        self._of = passwords

    async def __aenter__(self) -> None:
        if self._of._waiting >= MOST_WAITING:
            raise TooMany("too many sign in at this moment; try again in a second", 1)
        self._of._waiting += 1
        try:
            await self._of._turn.acquire()
        except BaseException:
            self._of._waiting -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._of._waiting -= 1
        self._of._turn.release()
