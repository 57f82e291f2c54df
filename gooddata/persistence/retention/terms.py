"""Terms of retention: what an owner has set, and what that means for each project."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.persistence.projects import require_project
from gooddata.sql import statement

# Of what there are terms; what each is, is told to people.
KINDS = {
    "raw": "raw events, as they were sent",
    "rejected": "events that were refused, and how events broke their tracking plan",
    "events": "events in analytics, pseudonymous",
    "sessions": "sessions and their scores, pseudonymous",
    "counts": "counts by the minute, hour and day, with sketches of how many visitors there were",
}
FEWEST_DAYS, MOST_DAYS = 2, 36_500
FOREVER = None

_PUT = statement(__package__, "put_term")
_REMOVE = "DELETE FROM control.retention WHERE project_id IS NOT DISTINCT FROM $1 AND kind = $2"
_TERMS = "SELECT project_id, kind, days FROM control.retention"
_PROJECTS = "SELECT project_id FROM control.project ORDER BY project_id"


class Terms(msgspec.Struct, frozen=True):
    """The days for which each project keeps a kind; None is for ever. `others` is the term of whoever has none."""

    others: dict[str, int | None]
    own: dict[str, dict[str, int | None]]
    projects: list[str]

    def of(self, project: str, kind: str) -> int | None:
        return self.own.get(project, {}).get(kind, self.others.get(kind))

    def longest(self, kind: str) -> int | None:
        """The term after which no project keeps it any more."""
        days = [self.of(project, kind) for project in self.projects] or [self.others.get(kind)]
        return None if None in days else max(day for day in days if day is not None)

    def shorter(self, kind: str) -> Iterable[tuple[str, int]]:
        """The projects that keep a kind for less time than another does, and for how long."""
        longest = self.longest(kind)
        for project in self.projects:
            days = self.of(project, kind)
            if days is not None and (longest is None or days < longest):
                yield project, days


async def read_terms(connection: Any) -> Terms:
    """The terms in force, from the analytics database."""
    others: dict[str, int | None] = {}
    own: dict[str, dict[str, int | None]] = {}
    for project, kind, days in await connection.fetch(_TERMS):
        (others if project is None else own.setdefault(project, {}))[kind] = days
    return Terms(others, own, [row["project_id"] for row in await connection.fetch(_PROJECTS)])


def days_of(term: str) -> int | None:
    """The days that a term as 90d means; None for `forever`, and for `usual`. Raises InputError for another."""
    if term in ("forever", "usual"):
        return None
    if not (found := re.fullmatch(r"(\d{1,6})d", term)):
        raise InputError(f"a term is given in days as 90d, or as forever or usual, not as {term!r}", "term")
    return int(found[1])


async def say_term(connection: Any, project: str | None, kind: str, term: str) -> None:
    """Puts a term in force as a person writes it; `usual` takes a project's own away. Raises InputError."""
    days = days_of(term)
    if kind not in KINDS:
        raise InputError(f"kind is one of {', '.join(KINDS)}", "kind")
    if project is not None:
        await require_project(connection, project)
    if term == "usual":
        await remove_term(connection, project, kind)
    else:
        await put_term(connection, project, kind, days)


async def put_term(connection: Any, project: str | None, kind: str, days: int | None) -> None:
    """Sets the term of a kind, of a project or of all that have none of their own. Raises InputError."""
    if days is not None and not FEWEST_DAYS <= days <= MOST_DAYS:
        raise InputError(f"a term has {FEWEST_DAYS} to {MOST_DAYS:,} days, or is for ever", "term")
    await connection.execute(_PUT, project, kind, days)


async def remove_term(connection: Any, project: str | None, kind: str) -> None:
    """Leaves a project to the term of all, or all to keeping it for ever."""
    await connection.execute(_REMOVE, project, kind)
