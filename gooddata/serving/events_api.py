"""The part of the query API that looks into events: their names, and the properties of one."""

from typing import Annotated, Any

from litestar import get
from litestar.params import Parameter

from gooddata.errors import InputError
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.filters import parse_all
from gooddata.serving.explore_api import Filters, Zone
from gooddata.serving.paging import Limit, Offset
from gooddata.serving.period import Period
from gooddata.serving.properties.events import MOST_CHARACTERS, parse_conditions
from gooddata.serving.properties.properties import Asked, Properties

Event = Annotated[
    str,
    Parameter(query="event", description="the name of events, such as Product Added; of those without one, the type"),
]
Where = Annotated[
    list[str] | None, Parameter(query="where", description="of events: a property and its value, such as colour==red")
]


@get("/events")
async def events(
    project_id: str, span: Period, columns: Columns, limit: Limit = 100, offset: Offset = 0, filters: Filters = None
) -> dict[str, Any]:
    """Which events there were, by name, the most frequent first: how many, of how many visitors and in how many
    sessions, when first and last in the period, and the same of the period before, of which names are told, too, that
    have not occurred since."""
    return await columns.events(project_id, span, parse_all(filters), limit, offset)


@get("/events/timeseries")
async def event_over_time(
    project_id: str,
    span: Period,
    columns: Columns,
    event: Event,
    interval: str = "hour",
    tz: Zone = "UTC",
    filters: Filters = None,
) -> dict[str, Any]:
    """The events of one name by minute, hour, day, week or month of a time zone, without gaps, and their visitors."""
    return await columns.event_over_time(project_id, span, _named(event), interval, tz, parse_all(filters))


@get("/properties")
async def properties(
    project_id: str,
    span: Period,
    properties_of: Properties,
    event: Event,
    where: Where = None,
    filters: Filters = None,
) -> dict[str, Any]:
    """Which properties the events of one name have in analytics: those with a column of their own (`built_in`), and
    those that the project's owner allows. Of very many events a share of visitors is read; the answer says so."""
    asked = Asked(project_id, span, _named(event), parse_all(filters), parse_conditions(where))
    return await properties_of.names(asked)


@get("/properties/values")
async def property_values(
    project_id: str,
    span: Period,
    properties_of: Properties,
    event: Event,
    name: Annotated[str, Parameter(query="property", description="as /api/properties names it")],
    limit: Limit = 10,
    offset: Offset = 0,
    where: Where = None,
    filters: Filters = None,
) -> dict[str, Any]:
    """The values of one property, the most frequent first; of numbers also what they come to, and how they spread."""
    asked = Asked(project_id, span, _named(event), parse_all(filters), parse_conditions(where))
    return await properties_of.values(asked, _named(name, "property"), limit, offset)


def _named(text: str, field: str = "event") -> str:
    if not text or len(text) > MOST_CHARACTERS or "\0" in text:
        raise InputError(f"{field} has 1 to {MOST_CHARACTERS} characters, and none of them is NUL", field)
    return text


HANDLERS = (events, event_over_time, properties, property_values)
