"""Writes what events claim of who is who."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.identities.signs import Pair, links, memberships, refusals
from gooddata.intelligence.results.columns import columns
from gooddata.sql import statement

_SHARE = statement(__package__, "share_projects")
_ANY_UNDONE = statement(__package__, "any_undone")
_UNDONE = statement(__package__, "undone")
_PUT_LINKS = statement(__package__, "put_links")
_PUT_MEMBERSHIPS = statement(__package__, "put_memberships")
_COUNT_REFUSED = statement(__package__, "count_refused")


async def write_claims(connection: Any, facts: Sequence[Fact]) -> None:
    """Writes the claims of `facts` within the transaction of `connection`, on which times are milliseconds.

    Workers may write signs of the same people at once: rows are put in the order of their keys, and each keeps the
    earliest sign, so that they neither deadlock nor depend on who comes first.
    """
    claiming = [fact for fact in facts if fact.claim is not None]
    if not claiming:
        return
    await connection.execute(_SHARE, sorted({fact.project_id for fact in claiming}))
    signs = links(claiming, await _undone(connection, claiming))
    if signs:
        await connection.execute(_PUT_LINKS, *columns((*key, *sign) for key, sign in signs.items()))
    members = memberships(claiming)
    if members:
        await connection.execute(_PUT_MEMBERSHIPS, *columns((*key, *sign) for key, sign in members.items()))
    refused = refusals(claiming)
    if refused:
        await connection.execute(_COUNT_REFUSED, *columns(refused))


async def _undone(connection: Any, claiming: Sequence[Fact]) -> dict[Pair, list[int]]:
    """When the owner undid links of the visitors that the claims are about."""
    visitors = set()
    for fact in claiming:
        if fact.claim is not None and fact.claim.visitor is not None:
            visitors.add((fact.project_id, fact.claim.visitor))
            if fact.claim.previous is not None:
                visitors.add((fact.project_id, fact.claim.previous.visitor))
    undone: defaultdict[Pair, list[int]] = defaultdict(list)
    # Mostly nobody has undone anything, and then nothing more need be asked.
    if visitors and await connection.fetchval(_ANY_UNDONE, list({project for project, _ in visitors})):
        for project, visitor, user, at in await connection.fetch(_UNDONE, *columns(visitors)):
            undone[project, visitor, user].append(at)
    return undone
