"""The query API: `/api/...`, for read keys and signed-in browsers."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from litestar.response import Stream

from gooddata.errors import InputError
from gooddata.serving.access import COOKIE, Access, Forbidden, NotAllowed, Opens
from gooddata.serving.columns.filters import parse_all
from gooddata.serving.columns.values import BY
from gooddata.serving.csrf import check_origin
from gooddata.serving.event_stream import event_stream
from gooddata.serving.events_api import HANDLERS as OF_EVENTS
from gooddata.serving.explore_api import HANDLERS, Filters, Zone
from gooddata.serving.findings import ITEM_ORDERS, Findings
from gooddata.serving.live import Live
from gooddata.serving.models import model_card
from gooddata.serving.models import models as in_use
from gooddata.serving.paging import Limit, Offset
from gooddata.serving.period import Period, moment, period
from gooddata.serving.questions import Questions
from gooddata.serving.store import Store

A_WEEK = timedelta(days=7)

From = Annotated[str | None, Parameter(query="from", description="ISO 8601 or epoch milliseconds")]
Until = Annotated[str | None, Parameter(query="to", description="ISO 8601 or epoch milliseconds; now by default")]
Since = Annotated[str | None, Parameter(description="ISO 8601 or epoch milliseconds; a week ago by default")]
Dimension = Annotated[str, Parameter(description=f"one of {', '.join(BY)}")]
WithinHours = Annotated[int | None, Parameter(ge=1, le=720, description="1 to 720; in the same session by default")]


async def opens(request: ASGIConnection[Any, Any, Any, Any], access: Access) -> Opens:
    """What the request may read; raises NotAllowed when that is nothing."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await access.of_key(key.strip())
        if found is None:
            raise NotAllowed("the read key is not known")
        if found.scope != "read":
            raise NotAllowed("a write key cannot read; use the project's read key")
        kind = request.route_handler.opt.get("kind", "query")
        if kind is not None and found.kinds is not None and kind not in found.kinds:
            raise Forbidden(f"this read key is for {', '.join(sorted(found.kinds))} alone, and this is {kind}")
        return found
    if cookie := request.cookies.get(COOKIE):
        found = await access.of_browser(cookie)
        if found is not None:
            check_origin(request)
            return found
    raise NotAllowed("sign in to the dashboard, or send a read key as Bearer")


async def provide_project(opens: Opens, store: Store, project: str | None = None) -> str:
    """The project asked for; a read key's own when none is named. Raises NotAllowed for another's, and
    Forbidden for one that the account does not open, whether it is there or not."""
    if opens.project is not None:
        if project not in (None, opens.project):
            raise NotAllowed("this key opens another project")
        return opens.project
    if project is None:
        raise InputError("name the project", "project")
    if not opens.may_open(project):
        raise Forbidden(f"your account does not open the project {project!r}")
    if project not in {known["id"] for known in await store.projects()}:
        raise InputError(f"there is no project {project!r}", "project")
    return project


def provide_period(start: From = None, end: Until = None) -> Period:
    return period(start, end)


@get("/session", kind=None)
async def session(opens: Opens, store: Store) -> dict[str, Any]:
    """Who is asking, and which projects that opens."""
    projects = [project for project in await store.projects() if opens.may_open(project["id"])]
    account = opens.account and {
        "email": opens.email,
        "role": opens.role.name.lower(),
        "has_password": opens.has_password,
        "sets_password": opens.sets_password,
    }
    return {"signed_in": True, "projects": projects, "account": account}


@get("/overview")
async def overview(
    project_id: str, span: Period, questions: Questions, filters: Filters = None, compare: str = "previous"
) -> dict[str, Any]:
    """Totals of the period and of the one before, of sessions that pass the filters. Visitors are exact up to 2,048,
    and close to 2% beyond."""
    if compare not in ("previous", "none"):
        raise InputError("compare must be previous or none", "compare")
    return await questions.overview(project_id, span, parse_all(filters), compare == "previous")


@get("/timeseries")
async def timeseries(
    project_id: str,
    span: Period,
    questions: Questions,
    interval: str = "hour",
    tz: Zone = "UTC",
    filters: Filters = None,
) -> dict[str, Any]:
    """Counts by minute, hour, day, week or month of a time zone, without gaps; with visitors by hour and longer."""
    return await questions.timeseries(project_id, span, interval, tz, parse_all(filters))


@get("/breakdown")
async def breakdown(
    project_id: str,
    span: Period,
    questions: Questions,
    dimension: Dimension,
    limit: Limit = 10,
    offset: Offset = 0,
    filters: Filters = None,
) -> dict[str, Any]:
    """The greatest values of a dimension, with how many visitors had each; null while that is being counted anew."""
    return await questions.breakdown(project_id, span, dimension, parse_all(filters), limit, offset)


@get("/sessions", kind="export")
async def sessions(
    project_id: str,
    span: Period,
    store: Store,
    limit: Limit = 50,
    cursor: Annotated[str | None, Parameter(max_length=100, description="`next` of the answer before")] = None,
    filters: Filters = None,
) -> dict[str, Any]:
    """The sessions of the period that were active latest, with their scores; `next` leads on, null at the end."""
    return await store.sessions(project_id, span, limit, parse_all(filters), cursor)


@get("/sessions/{session_id:uuid}", kind="export")
async def one_session(project_id: str, store: Store, session_id: UUID) -> dict[str, Any]:
    """One session, with its timeline."""
    found = await store.session(project_id, session_id)
    if found is None:
        raise NotFoundException("there is no such session")
    return found


@get("/live", kind="export")
async def live(project_id: str, store: Store) -> dict[str, Any]:
    """Who is here now."""
    return await store.live(project_id)


@get("/live/stream", kind="export")
async def live_stream(project_id: str, pictures: Live) -> Stream:
    """The live picture as server-sent events, at most one a second."""
    return event_stream("live", pictures.watch(project_id))


@get("/models")
async def models(project_id: str, store: Store) -> dict[str, Any]:
    """Of every task the model in use, with its held-out quality, how its scores turned out, whether sessions have
    drifted from what it learned from; the newest version that has not taken its place, with the reason; and how all
    versions that are kept did."""
    return {"models": await in_use(store.analytics, project_id)}


@get("/models/{task:str}/{version:int}/card", media_type="text/markdown")
async def card(project_id: str, store: Store, task: str, version: int) -> str:
    """The card of a version, in Markdown."""
    text = await model_card(store.analytics, project_id, task, version)
    if text is None:
        raise NotFoundException("there is no such version")
    return text


@get("/anomalies")
async def anomalies(project_id: str, findings: Findings, since: Since = None, limit: Limit = 100) -> dict[str, Any]:
    """What was out of the ordinary in buckets from `since` on, newest first: what was expected, and what drives it."""
    return {"anomalies": await findings.anomalies(project_id, moment(since, "since", A_WEEK), limit)}


@get("/insights")
async def insights(project_id: str, findings: Findings, limit: Limit = 50) -> dict[str, Any]:
    """Plain sentences on what changed, for whom and since when, with the numbers and the test behind each."""
    return await findings.insights(project_id, limit)


@get("/automation")
async def automation(project_id: str, findings: Findings, since: Since = None, limit: Limit = 20) -> dict[str, Any]:
    """The share of sessions from `since` on that are programs', by what they say or do; examples, with why."""
    return await findings.automation(project_id, moment(since, "since", A_WEEK), limit)


@get("/segments")
async def segments(project_id: str, findings: Findings) -> dict[str, Any]:
    """Groups of visitors that behave alike, with how many are in each and what sets it apart from everybody."""
    return await findings.segments(project_id)


@get("/recommendations")
async def recommendations(
    project_id: str, findings: Findings, item: Annotated[str, Parameter(max_length=512)] = "", limit: Limit = 10
) -> dict[str, Any]:
    """What is trending, or what belongs to `item`; and how good what is recommended to visitors is."""
    return await findings.recommendations(project_id, item, limit)


@get("/returns", kind="export")
async def returns(project_id: str, findings: Findings, limit: Limit = 50) -> dict[str, Any]:
    """Who is expected back within 7 days and who to stay away for 30: how many, by tenths, what is at stake, and the
    visitors worth most who are likely to stay away."""
    return await findings.returns(project_id, limit)


@get("/feedback")
async def feedback(
    project_id: str, span: Period, findings: Findings, within_hours: WithinHours = None
) -> dict[str, Any]:
    """What was shown to visitors in the period and what came of it, beside those held out: in the same session, or
    within so many hours."""
    return await findings.feedback(project_id, span, within_hours)


@get("/feedback/items")
async def feedback_items(
    project_id: str,
    span: Period,
    findings: Findings,
    intervention: Annotated[str | None, Parameter(max_length=200, description="by this one alone")] = None,
    sort: Annotated[str, Parameter(description=f"one of {', '.join(ITEM_ORDERS)}")] = "shown",
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The items that were shown to visitors in the period, and what came of each in the same session: clicks, and
    orders with what they brought in."""
    return await findings.feedback_items(project_id, span, intervention, sort, limit, offset)


@get("/ledger")
async def ledger(project_id: str, store: Store) -> dict[str, Any]:
    """received = stored + duplicate + rejected + dropped."""
    return await store.ledger(project_id)


def router() -> Router:
    return Router(
        "/api",
        route_handlers=[
            session,
            overview,
            timeseries,
            breakdown,
            sessions,
            one_session,
            live,
            live_stream,
            models,
            card,
            anomalies,
            insights,
            automation,
            segments,
            recommendations,
            returns,
            feedback,
            feedback_items,
            ledger,
            *HANDLERS,
            *OF_EVENTS,
        ],
        dependencies={
            "opens": Provide(opens),
            "project_id": Provide(provide_project),
            "span": Provide(provide_period, sync_to_thread=False),
        },
    )
