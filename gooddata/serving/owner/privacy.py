"""People: erasing one, giving out what is held of one, what was done to whom; and for how long what is kept."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post, put
from litestar.params import Parameter

from gooddata.errors import InputError
from gooddata.persistence.audit_trail import audit_trail
from gooddata.persistence.operator import asked_by, audit, operating
from gooddata.persistence.retention.terms import FEWEST_DAYS, KINDS, MOST_DAYS, read_terms, say_term
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.store import Store

Page = Annotated[int, Parameter(ge=1, le=200, description="1 to 200 entries a page")]
Before = Annotated[int | None, Parameter(description="`next` of the page before")]


class Person(msgspec.Struct, forbid_unknown_fields=True):
    """A visitor (one browser, by the id that its events carry), or a user with all visitors that are theirs."""

    visitor: str | None = None
    user: str | None = None


class Term(msgspec.Struct, forbid_unknown_fields=True):
    """`term` is days as 90d, forever, or usual; `everybody` sets what holds where a project has no term of its own."""

    kind: str
    term: str
    everybody: bool = False


def one_person(visitor: str | None, user: str | None) -> tuple[str | None, str | None]:
    if bool(visitor) == bool(user):
        raise InputError("name one person, as a visitor or as a user", "visitor")
    return visitor or None, user or None


@post("/erasures")
async def erase(owner: Owner, project_id: str, means: Means, data: Person) -> dict[str, Any]:
    """Erases a person everywhere, and answers with the receipt. It takes as long as reading all of the log."""
    visitor, user = one_person(data.visitor, data.user)
    with asked_by(owner.name):
        return msgspec.to_builtins(await means.deeds.erase(project_id, visitor, user))


@get("/erasures")
async def erasures(
    owner: Owner, project_id: str, means: Means, limit: Page = 50, before: Before = None
) -> dict[str, Any]:
    """The receipts of a project's erasures, the newest first."""
    return await _trail(means, project_id, "erase", limit, before)


@get("/audit")
async def audit_entries(
    owner: Owner, project_id: str, means: Means, limit: Page = 50, before: Before = None
) -> dict[str, Any]:
    """Who did what with a project's raw events, and what was done to those of all projects, the newest first."""
    return await _trail(means, project_id, None, limit, before)


@get("/held", media_type="application/x-ndjson")
async def held(
    owner: Owner, project_id: str, means: Means, visitor: str | None = None, user: str | None = None
) -> Response[bytes]:
    """All that is held of a person, to give it to them: a JSON object for each row, with its table."""
    whose = one_person(visitor, user)
    with asked_by(owner.name):
        lines = await means.deeds.held(project_id, *whose)
    name = 'attachment; filename="held.ndjson"'
    return Response(lines, headers={"content-disposition": name, "cache-control": "no-store"})


@get("/retention/terms")
async def retention(owner: Owner, project_id: str, store: Store) -> dict[str, Any]:
    """For how many days what is kept, null for ever: of the project, and of those that have no term of their own."""
    terms = await read_terms(store.analytics)
    own = terms.own.get(project_id, {})
    return {
        "kinds": [
            {
                "kind": kind,
                "what": what,
                "days": terms.of(project_id, kind),
                "usual_days": terms.others.get(kind),
                "own": kind in own,
            }
            for kind, what in KINDS.items()
        ],
        "fewest_days": FEWEST_DAYS,
        "most_days": MOST_DAYS,
    }


@put("/retention/terms")
async def set_retention(owner: Owner, project_id: str, means: Means, store: Store, data: Term) -> dict[str, Any]:
    """Sets a term, of the project or of all that have none of their own. What is past it goes within the hour."""
    project = None if data.everybody else project_id
    with asked_by(owner.name):
        async with operating(means.deeds.raw_dsn) as raw, store.analytics.acquire() as connection:
            await say_term(connection, project, data.kind, data.term)
            await audit(raw, "set retention", project, detail={"kind": data.kind, "term": data.term})
    terms = await read_terms(store.analytics)
    return {"kind": data.kind, "days": terms.of(project_id, data.kind)}


async def _trail(means: Means, project: str, action: str | None, limit: int, before: int | None) -> dict[str, Any]:
    # That somebody read the trail is not put into it: it would soon be most of what is there.
    async with operating(means.deeds.raw_dsn) as raw:
        entries = await audit_trail(raw, project, action, before, limit)
    return {"entries": entries, "next": entries[-1]["entry"] if len(entries) == limit else None}
