"""Whose events are to go, by keyed hashes."""

from typing import Any
from uuid import UUID

import msgspec

from gooddata.persistence.pseudonym import Pseudonyms

_REMEMBERED = 100_000


class Who(msgspec.Struct):
    """The fields of an event as senders write it that say whose it is."""

    visitor: Any = None
    anonymous_id: Any = msgspec.field(default=None, name="anonymousId")
    user: Any = None
    user_id: Any = msgspec.field(default=None, name="userId")
    previous_id: Any = msgspec.field(default=None, name="previousId")

    @property
    def users(self) -> list[str]:
        """The ids of users that the event names."""
        return [each for each in (self.user, self.user_id, self.previous_id) if isinstance(each, str) and each]

    @property
    def whose(self) -> str:
        """The id of the visitor that the event is counted for."""
        found = self.visitor or self.anonymous_id or self.user or self.user_id
        return found if isinstance(found, str) else ""


decode_who = msgspec.json.Decoder(Who).decode


class Tombstone(msgspec.Struct, frozen=True):
    """Whatever is dated from `since` up to `until` (epoch milliseconds) of a visitor, or of a user, is erased."""

    kind: str
    subject: UUID
    since: int | None
    until: int

    def covers(self, at: int) -> bool:
        return at <= self.until and (self.since is None or self.since <= at)


class Erased:
    """Which events of a project are erased, by its tombstones."""

    def __init__(self, project: str, pseudonyms: Pseudonyms) -> None:
        self.until = 0
        self._project = project
        self._pseudonyms = pseudonyms
        self._visitors: dict[UUID, list[Tombstone]] = {}
        self._users: dict[UUID, list[Tombstone]] = {}
        self._known: dict[tuple[str, str], UUID] = {}

    def add(self, tombstone: Tombstone) -> None:
        of_kind = self._visitors if tombstone.kind == "visitor" else self._users
        of_kind.setdefault(tombstone.subject, []).append(tombstone)
        self.until = max(self.until, tombstone.until)

    def holds(self, who: Who, at: int) -> bool:
        """Whether the event of `who` at `at` (epoch milliseconds) is erased."""
        if at > self.until:
            return False
        if self._visitors and self._is_covered(self._visitors, self.visitor(who.whose), at):
            return True
        return bool(self._users) and any(self._is_covered(self._users, self.user(user), at) for user in who.users)

    def visitor(self, visitor: str) -> UUID:
        return self._pseudonym("visitor", visitor)

    def user(self, user: str) -> UUID:
        return self._pseudonym("user", user)

    def _pseudonym(self, kind: str, name: str) -> UUID:
        found = self._known.get((kind, name))
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            derive = self._pseudonyms.visitor if kind == "visitor" else self._pseudonyms.user
            found = self._known[kind, name] = derive(self._project, name)
        return found

    @staticmethod
    def _is_covered(tombstones: dict[UUID, list[Tombstone]], subject: UUID, at: int) -> bool:
        return any(tombstone.covers(at) for tombstone in tombstones.get(subject, ()))
