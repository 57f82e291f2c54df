"""What a browser may ask about its own visitor: `/v1/intelligence` and its stream.

A write key is public, so it alone opens nothing: the visitor's token, given in the ingest reply, must come with it.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.params import Parameter
from litestar.response import Stream

from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.recommending import MOST_ITEMS, Asked
from gooddata.serving.access import Access, NotAllowed
from gooddata.serving.event_stream import event_stream
from gooddata.serving.feedback import Feedback
from gooddata.serving.holdouts import NEVER, Holdouts
from gooddata.serving.recommender import Recommender
from gooddata.serving.store import Store

_MODEL_LIFE_SECONDS = 3600  # that a browser keeps a model before it asks whether there is a newer one

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
    project = await _project_of_key(request, access, key)
    if not pseudonyms.token_is_valid(project, visitor, token):
        raise NotAllowed("the token is not this visitor's: use the one from the reply to its own events")
    return project


async def _project_of_key(request: ASGIConnection[Any, Any, Any, Any], access: Access, key: str | None) -> str:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    found = await access.of_key(bearer.strip() if scheme.lower() == "bearer" else key or "")
    if found is None or found.project is None:
        raise NotAllowed("the write key is not known: send it as key or as Bearer")
    return found.project


@get("/v1/intelligence")
async def intelligence(
    project_id: str,
    visitor: Visitor,
    store: Store,
    pseudonyms: Pseudonyms,
    recommender: Recommender,
    holdouts: Holdouts,
    recommendations: Annotated[int, Parameter(ge=0, le=MOST_ITEMS)] = 0,
) -> dict[str, Any]:
    """The newest scores of one visitor, and so many recommendations."""
    pseudonym = pseudonyms.visitor(project_id, visitor)
    told = {"visitor": visitor} | holdouts.told(project_id, pseudonym, await store.visitor_score(project_id, pseudonym))
    if recommendations and told["holdout"]:
        told["recommendations"] = []
    elif recommendations:
        asked = Asked(number=0, project=project_id, count=recommendations, visitor=pseudonym)
        told["recommendations"] = (await recommender.ask(asked)).recommendations
    return told


@get("/v1/intelligence/stream")
async def stream(
    project_id: str, visitor: Visitor, store: Store, feedback: Feedback, pseudonyms: Pseudonyms, holdouts: Holdouts
) -> Stream:
    """The newest scores of one visitor now and at every change, as server-sent events."""
    pseudonym = pseudonyms.visitor(project_id, visitor)
    return event_stream("intelligence", _scores(project_id, visitor, pseudonym, store, feedback, holdouts))


async def _scores(
    project: str, visitor: str, pseudonym: UUID, store: Store, feedback: Feedback, holdouts: Holdouts
) -> AsyncIterator[dict[str, Any]]:
    with feedback.listening(project, pseudonym) as coming:
        known = await store.visitor_score(project, pseudonym)
        # Who has no score yet is told at once all the same whether they are held out.
        known["computed_at"] = known["computed_at"] or NEVER
        yield {"visitor": visitor} | holdouts.told(project, pseudonym, known)
        while True:
            yield {"visitor": visitor} | await coming.get()


@get("/v1/engine-model")
async def engine_model(
    request: Request[Any, Any, Any], access: Access, store: Store, key: str | None = None
) -> Response[Any]:
    """The model by which browsers tell what a visitor is about to do; `trained` is false while there is none."""
    project = await _project_of_key(request, access, key)
    model = await store.engine_model(project) or {"trained": False}
    tag = f'"{project}-{model.get("version", 0)}"'
    headers = {"access-control-allow-origin": "*", "cache-control": f"max-age={_MODEL_LIFE_SECONDS}", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=304, headers=headers)
    return Response(model, headers=headers)


def router() -> Router:
    return Router(
        "/",
        route_handlers=[
            Router(
                "/",
                route_handlers=[intelligence, stream],
                dependencies={"project_id": Provide(provide_project)},
                response_headers={"access-control-allow-origin": "*", "cache-control": "no-store"},
            ),
            engine_model,
        ],
    )
