"""What a browser may ask about its own visitor: `/v1/intelligence` and its stream.

A write key is public, so it alone opens nothing: the visitor's token, given in the ingest reply, must come with it.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.params import Parameter
from litestar.response import Stream

from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.serving.access import Access, NotAllowed
from gooddata.serving.event_stream import event_stream
from gooddata.serving.feedback import Feedback
from gooddata.serving.store import Store

Visitor = Annotated[str, Parameter(min_length=1, max_length=512)]


async def provide_project(
    request: ASGIConnection[Any, Any, Any, Any],
    access: Access,
    pseudonyms: Pseudonyms,
    visitor: Visitor,
    token: Annotated[str, Parameter(max_length=128)],
    key: str | None = None,
) -> str:
    """The project of the write key; raises NotAllowed unless the token is this visitor's."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    found = await access.of_key(bearer.strip() if scheme.lower() == "bearer" else key or "")
    if found is None or found.project is None:
        raise NotAllowed("the write key is not known: send it as key or as Bearer")
    if not pseudonyms.token_is_valid(found.project, visitor, token):
        raise NotAllowed("the token is not this visitor's: use the one from the reply to its own events")
    return found.project


@get("/v1/intelligence")
async def intelligence(project_id: str, visitor: Visitor, store: Store, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """The newest scores of one visitor."""
    return {"visitor": visitor} | await store.visitor_score(project_id, pseudonyms.visitor(project_id, visitor))


@get("/v1/intelligence/stream")
async def stream(project_id: str, visitor: Visitor, store: Store, feedback: Feedback, pseudonyms: Pseudonyms) -> Stream:
    """The newest scores of one visitor now and at every change, as server-sent events."""
    pseudonym = pseudonyms.visitor(project_id, visitor)
    return event_stream("intelligence", _scores(project_id, visitor, pseudonym, store, feedback))


async def _scores(
    project: str, visitor: str, pseudonym: UUID, store: Store, feedback: Feedback
) -> AsyncIterator[dict[str, Any]]:
    with feedback.listening(project, pseudonym) as coming:
        known = await store.visitor_score(project, pseudonym)
        if known["session"] is not None:
            yield {"visitor": visitor} | known
        while True:
            yield {"visitor": visitor} | await coming.get()


def router() -> Router:
    return Router(
        "/",
        route_handlers=[intelligence, stream],
        dependencies={"project_id": Provide(provide_project)},
        response_headers={"access-control-allow-origin": "*", "cache-control": "no-store"},
    )
