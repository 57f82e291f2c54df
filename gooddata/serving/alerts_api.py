"""The part of the API that is about alerts: rules, destinations, deliveries."""

from typing import Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Response, Router, delete, get, post, put
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import Parameter

from gooddata.inside.request_ids import current
from gooddata.serving.access import Opens, Role, demand
from gooddata.serving.alerts import destinations, rules
from gooddata.serving.alerts.destinations import Destination
from gooddata.serving.alerts.outbox import AlertMeans
from gooddata.serving.alerts.rules import Rule
from gooddata.serving.alerts.webhook import signing_key
from gooddata.serving.api import opens as provide_opens
from gooddata.serving.api import provide_project
from gooddata.serving.owner.means import Forbidden
from gooddata.serving.store import Store

MOST_DELIVERIES = 500


async def changeable(opens: Opens, project_id: str) -> str:
    """The project, to analysts and owners; raises Forbidden to others."""
    demand(opens, Role.ANALYST)
    return project_id


@get("/")
async def alerts(project_id: str, store: Store) -> dict[str, Any]:
    """Every rule with its condition, also in words, and how it stands: firing, quiet, unknown, new or paused."""
    return {"rules": await rules.list_rules(store.analytics, project_id)}


@post("/rules")
async def add_rule(changeable: str, store: Store, data: Rule) -> dict[str, Any]:
    """Keeps a rule; it is looked at within seconds, and every minute from then on."""
    return {"rule": await rules.put_rule(store.analytics, changeable, data)}


@put("/rules/{rule_id:uuid}")
async def change_rule(changeable: str, store: Store, rule_id: UUID, data: Rule) -> dict[str, Any]:
    """Puts a rule in the place of the one that is there."""
    if await rules.put_rule(store.analytics, changeable, data, rule_id) is None:
        raise NotFoundException("there is no such rule")
    return {"rule": rule_id}


@delete("/rules/{rule_id:uuid}")
async def remove_rule(changeable: str, store: Store, rule_id: UUID) -> None:
    """Removes a rule; nothing is said about it any more."""
    if not await rules.remove_rule(store.analytics, changeable, rule_id):
        raise NotFoundException("there is no such rule")


@get("/destinations")
async def all_destinations(project_id: str, store: Store) -> dict[str, Any]:
    """Where messages can go. Of a webhook's URL only the server is told."""
    return {"destinations": await destinations.list_destinations(store.analytics, project_id)}


@post("/destinations")
async def add_destination(changeable: str, store: Store, alert_means: AlertMeans, data: Destination) -> dict[str, Any]:
    """Keeps a destination; of a webhook the signing key is told, this once."""
    made = await destinations.add(store.analytics, changeable, data, alert_means.private)
    key = signing_key(alert_means.secret, made, 1) if data.kind == "webhook" else None
    return {"destination": made, "key": key}


@post("/destinations/{destination_id:uuid}/key")
async def renew_key(changeable: str, store: Store, alert_means: AlertMeans, destination_id: UUID) -> dict[str, Any]:
    """Gives a webhook another signing key, and tells it, this once; the former one signs nothing any more."""
    number = await destinations.renew_key(store.analytics, changeable, destination_id)
    if number is None:
        raise NotFoundException("there is no such webhook")
    return {"destination": destination_id, "key": signing_key(alert_means.secret, destination_id, number)}


@delete("/destinations/{destination_id:uuid}")
async def remove_destination(changeable: str, store: Store, destination_id: UUID) -> None:
    """Removes a destination, also from the rules that name it."""
    if not await destinations.remove(store.analytics, changeable, destination_id):
        raise NotFoundException("there is no such destination")


@post("/destinations/{destination_id:uuid}/test", status_code=200)
async def test_destination(
    changeable: str, store: Store, alert_means: AlertMeans, destination_id: UUID
) -> dict[str, Any]:
    """Sends a test there now, once, and tells what came of it."""
    told = await destinations.send_test(store.analytics, alert_means, changeable, destination_id)
    if told is None:
        raise NotFoundException("there is no such destination")
    return told


@get("/deliveries")
async def deliveries(
    project_id: str, store: Store, limit: Annotated[int, Parameter(ge=1, le=MOST_DELIVERIES)] = 50
) -> dict[str, Any]:
    """What was said, newest first, and whether it got there; kept for 30 days."""
    return {"deliveries": await destinations.deliveries(store.analytics, project_id, limit)}


def _forbidden(_: Request[Any, Any, Any], problem: Forbidden) -> Response[Any]:
    body = {"error": {"code": "forbidden", "message": str(problem), "field": None, "request_id": current.get()}}
    return Response(body, status_code=403, media_type=MediaType.JSON)


def router() -> Router:
    return Router(
        "/api/alerts",
        route_handlers=[
            alerts,
            add_rule,
            change_rule,
            remove_rule,
            all_destinations,
            add_destination,
            renew_key,
            remove_destination,
            test_destination,
            deliveries,
        ],
        dependencies={
            "opens": Provide(provide_opens),
            "project_id": Provide(provide_project),
            "changeable": Provide(changeable),
        },
        exception_handlers={Forbidden: _forbidden},
    )
