"""The part of the query API that follows visitors, funnels, retention and paths, and how they get on with pages."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import get
from litestar.params import Parameter

from gooddata.errors import InputError
from gooddata.serving.behaviour import MOST_ROWS, Behaviour
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.filters import OF_EVENTS, parse, parse_all
from gooddata.serving.columns.funnel import BY as FUNNEL_BY
from gooddata.serving.columns.funnel import MOST_HOURS, parse_steps
from gooddata.serving.columns.paths import DIRECTIONS, MOST_DEPTH, MOST_VALUES
from gooddata.serving.columns.retention import BY as RETENTION_BY
from gooddata.serving.columns.retention import MOST_COHORTS
from gooddata.serving.period import Period, moment_or_now

Filters = Annotated[
    list[str] | None,
    Parameter(
        query="filter",
        description="of sessions, such as source==google|bing, page~/blog/, views>=3, conversion<0.2; all must hold",
    ),
]
Steps = Annotated[list[str] | None, Parameter(query="step", description="page==/pricing, event==signup, goal~order")]
Zone = Annotated[str, Parameter(query="tz", description="a time zone, such as Europe/Berlin")]
WithinHours = Annotated[int, Parameter(query="within_hours", ge=1, le=MOST_HOURS)]
By = Annotated[str | None, Parameter(query="by", description=f"one of {', '.join(FUNNEL_BY)}")]


@get("/funnel")
async def funnel(
    project_id: str,
    span: Period,
    columns: Columns,
    step: Steps = None,
    within_hours: WithinHours = 24,
    by: By = None,
    filters: Filters = None,
) -> dict[str, Any]:
    """How many visitors had an event of each step, in this order, within so many hours of the first; and of each value
    that the session of their first step has. Visitors are exact up to the second."""
    steps = parse_steps(step)
    if by is not None and by not in FUNNEL_BY:
        raise InputError(f"by must be one of {', '.join(FUNNEL_BY)}", "by")
    return await columns.funnel(project_id, span, steps, step or [], within_hours, by, parse_all(filters))


@get("/retention")
async def retention(
    project_id: str,
    columns: Columns,
    by: str = "week",
    cohorts: Annotated[int, Parameter(ge=1, le=MOST_COHORTS)] = 8,
    end: Annotated[
        str | None, Parameter(query="to", description="ISO 8601 or epoch milliseconds; now by default")
    ] = None,
    tz: Zone = "UTC",
    filters: Filters = None,
) -> dict[str, Any]:
    """Of visitors who were first there in each period, how many were there in each period from then on."""
    if by not in RETENTION_BY:
        raise InputError(f"by must be one of {', '.join(RETENTION_BY)}", "by")
    until = min(moment_or_now(end, "to"), datetime.now(UTC))
    return await columns.retention(project_id, until, by, cohorts, tz, parse_all(filters))


@get("/paths")
async def paths(
    project_id: str,
    span: Period,
    columns: Columns,
    anchor: str,
    direction: str = "after",
    depth: Annotated[int, Parameter(ge=1, le=MOST_DEPTH)] = 3,
    limit: Annotated[int, Parameter(ge=1, le=MOST_VALUES)] = 8,
    filters: Filters = None,
) -> dict[str, Any]:
    """Which pages come after, or before, the first event of a visit that is the anchor."""
    if direction not in DIRECTIONS:
        raise InputError(f"direction must be one of {', '.join(DIRECTIONS)}", "direction")
    at = parse(anchor, "anchor", OF_EVENTS)
    if at.negated:
        raise InputError("the anchor says what an event is, with == or ~, not what it is not", "anchor")
    told = await columns.paths(project_id, span, at, direction, depth, limit, parse_all(filters))
    return {"anchor": anchor, "direction": direction} | told


@get("/behaviour")
async def behaviour(
    project_id: str,
    span: Period,
    behaviours: Behaviour,
    limit: Annotated[int, Parameter(ge=1, le=MOST_ROWS, description="rows of each list")] = 10,
    filters: Filters = None,
) -> dict[str, Any]:
    """How people get on with pages: rage and dead clicks by element, forms given up, how far pages are read, how fast
    they are (Web Vitals, the 75th percentile), and errors. Of engaged time and Web Vitals, a sample where there are
    more than 50,000 reports."""
    return await behaviours.report(project_id, span, parse_all(filters), limit)


HANDLERS = (funnel, retention, paths, behaviour)
