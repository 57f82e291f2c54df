"""Says in words what `show` found."""

from collections.abc import Sequence
from typing import Any

from gooddata.intelligence.identities.decide import PSEUDONYM
from gooddata.intelligence.identities.show import Shown


def in_words(shown: Shown) -> str:
    """A project, a person or a visitor, a line for each thing known of it."""
    return "\n".join(_project(shown) if "persons" in shown else _person(shown))


def _project(shown: Shown) -> list[str]:
    per_person = shown["visitors_per_person"]
    return [
        f"identified users     {shown['identified_users']:,}",
        f"persons              {shown['persons']:,}",
        f"visitors joined      {shown['visitors_joined']:,}",
        f"visitors per person  {'none yet' if per_person is None else format(per_person, '.2f')}",
        f"shared               {shown['shared_visitors']:,} visitors, {shown['shared_users']:,} users",
        f"merges               {shown['merges']:,} in force, {shown['merges_proposed']:,} proposed",
        f"links undone         {shown['links_undone']:,}",
        f"groups               {shown['groups']:,}",
        *(f"refused              {row['field']} {row['value']!r}: {row['events']:,}" for row in shown["refused"]),
        *map(_proposal, shown["proposals"]),
    ]


def _person(shown: Shown) -> list[str]:
    merges = [row for row in shown.get("users", ()) if row["into_user"] is not None]
    spans: Sequence[Shown] = shown["visitors"] if "visitors" in shown else shown["spans"]
    return [
        f"person    {_id(shown['person'])}",
        *(
            f"merged    {_id(row['user'])} into {_id(row['into_user'])}, by {row['merged_by']} {_at(row['merged_at'])}"
            for row in merges
        ),
        *map(_span, spans),
        *map(_undone, shown["undone"]),
        *(f"group     {_id(row['group'])} since {_at(row['since'])}" for row in shown["groups"]),
        *map(_proposal, shown.get("proposals", ())),
    ]


def _span(row: Shown) -> str:
    since = "its first event" if row["since"] is None else _at(row["since"])
    until = "now" if row["until"] is None else _at(row["until"])
    shared = "visitor" if row["visitor_shared"] else "user" if row["user_shared"] else None
    note = f"  (shared {shared}: joins nobody)" if shared else ""
    return f"visitor   {_id(row['visitor'])} of user {_id(row['user'])} from {since} to {until}{note}"


def _undone(row: Shown) -> str:
    restored = "" if row["restored_at"] is None else f", restored by {row['restored_by']} {_at(row['restored_at'])}"
    who = f"by {row['undone_by']} {_at(row['undone_at'])}"
    return f"undone    {_id(row['visitor'])} of user {_id(row['user'])}, {who}{restored}"


def _proposal(row: Shown) -> str:
    return f"{row['status']:9} {_id(row['user'])} into {_id(row['into_user'])}, by an alias {_at(row['proposed_at'])}"


def _id(pseudonym: Any) -> str:
    return f"{PSEUDONYM}{pseudonym}"


def _at(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
