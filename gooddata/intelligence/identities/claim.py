"""What one event claims of who is who."""

from typing import Any

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.identities.generic import nobody
from gooddata.persistence.pseudonym import Pseudonyms

# The types that may claim something without naming a user, or by naming one in vain.
CLAIMING = frozenset({"identify", "alias", "group"})

NOT_TEXT = "not text"


class Previous(msgspec.Struct, frozen=True, gc=False):
    """The id that an alias calls previous, as the visitor and as the user that it may be."""

    visitor: UUID
    user: UUID


class Claim(msgspec.Struct, gc=False):
    """`user` was seen with `visitor`; `previous` is an alias's, `group` a group event's, with its `member`.

    `refused` are ids that stand for nobody: (field, value). All else is pseudonyms.
    """

    visitor: UUID | None = None
    user: UUID | None = None
    previous: Previous | None = None
    group: UUID | None = None
    member: UUID | None = None
    member_is: str = ""
    refused: tuple[tuple[str, str], ...] = ()


class Named(msgspec.Struct, gc=False):
    """Who an event names, as it was sent; `visitor` is None where the user stands in for it."""

    kind: str
    visitor: str | None
    user: str | None
    previous: Any
    group: Any
    group_type: Any


def claim_of(project: str, named: Named, visitor: UUID, user: UUID | None, pseudonyms: Pseudonyms) -> Claim | None:
    """The claim of an event whose fact has the pseudonyms `visitor` and `user`; None when it makes none."""
    refused: list[tuple[str, str]] = []
    claim = Claim()
    known_visitor: UUID | None = None
    if named.visitor is not None:
        if (empty := nobody(named.visitor)) is None:
            known_visitor = visitor
        elif named.user is not None or named.kind in CLAIMING:
            refused.append(("visitor", empty))
    if named.user is not None:
        if (empty := nobody(named.user)) is not None:
            refused.append(("user", empty))
        elif user is not None:
            claim.user = user
            # A user's events without a visitor are a stream of their own, under the user's id.
            claim.visitor = known_visitor or _uuid(pseudonyms.visitor(project, named.user))
    if named.kind == "alias":
        _read_alias(claim, project, named, pseudonyms, refused)
    elif named.kind == "group":
        _read_group(claim, project, named, known_visitor, pseudonyms, refused)
    if claim.user is None and claim.group is None and not refused:
        return None
    claim.refused = tuple(refused)
    return claim


def _read_alias(
    claim: Claim, project: str, named: Named, pseudonyms: Pseudonyms, refused: list[tuple[str, str]]
) -> None:
    previous = _id("previous", named.previous, refused)
    if named.user is None:
        refused.append(("user", ""))
    if previous is not None and claim.user is not None and previous != named.user:
        claim.previous = Previous(
            _uuid(pseudonyms.visitor(project, previous)), _uuid(pseudonyms.user(project, previous))
        )


def _read_group(
    claim: Claim,
    project: str,
    named: Named,
    visitor: UUID | None,
    pseudonyms: Pseudonyms,
    refused: list[tuple[str, str]],
) -> None:
    group = _id("group", named.group, refused)
    kind = named.group_type if type(named.group_type) is str else ""
    member = claim.user or visitor
    # PostHog's servers send a group's traits in the name of the group itself, which is nobody's membership.
    if group is None or member is None or named.visitor == f"${kind}_{group}":
        return
    claim.group = _uuid(pseudonyms.group(project, f"{kind}\n{group}" if kind else group))
    claim.member, claim.member_is = member, "user" if claim.user is not None else "visitor"


def _id(field: str, value: Any, refused: list[tuple[str, str]]) -> str | None:
    """An id that may be somebody's; else None, and why it was refused."""
    if value is not None and type(value) is not str:
        refused.append((field, NOT_TEXT))
        return None
    empty = nobody(value or "")
    if empty is not None:
        refused.append((field, empty))
        return None
    return value


def _uuid(pseudonym: Any) -> UUID:
    return UUID(pseudonym.bytes)
