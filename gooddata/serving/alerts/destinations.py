"""Where messages go, as owners keep it."""

from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg
import msgspec

from gooddata.errors import InputError
from gooddata.serving.alerts import address
from gooddata.serving.alerts.address import NotReachable, Refused
from gooddata.serving.alerts.mail import is_address
from gooddata.serving.alerts.message import make_test
from gooddata.serving.alerts.outbox import AlertMeans, deliver
from gooddata.serving.kept_name import check_name
from gooddata.sql import statement

MOST_DESTINATIONS = 20

_ADD = """INSERT INTO control.alert_destination (destination_id, project_id, name, kind, target)
          VALUES ($1, $2, $3, $4, $5)"""
_OF_PROJECT = """SELECT destination_id AS destination, project_id AS project, name, kind, target
                 FROM control.alert_destination WHERE $1::text IS NULL OR project_id = $1 ORDER BY project_id, name"""
_ONE = "SELECT * FROM control.alert_destination WHERE project_id = $1 AND destination_id = $2"
_COUNT = "SELECT count(*) FROM control.alert_destination WHERE project_id = $1"
_RENEW = """UPDATE control.alert_destination SET key_number = key_number + 1
            WHERE project_id = $1 AND destination_id = $2 AND kind = 'webhook' RETURNING key_number"""
_REMOVE = "DELETE FROM control.alert_destination WHERE project_id = $1 AND destination_id = $2 RETURNING true"
_UNNAME = """UPDATE control.alert_rule SET destinations = array_remove(destinations, $2)
             WHERE project_id = $1 AND $2 = ANY (destinations)"""
_TURN = "SELECT FROM control.project WHERE project_id = $1 FOR NO KEY UPDATE"
_LOG_TEST = statement(__package__, "log_test")
_LOG = statement(__package__, "log")


class Destination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an owner asks for: a `target` that is the URL of a webhook or an e-mail address."""

    name: str
    kind: Literal["webhook", "email"]
    target: str


async def add(analytics: Any, project: str, destination: Destination, private: bool) -> UUID:
    """Keeps a destination. Raises InputError for one that could not be reached by its nature. `analytics` is a pool."""
    check_name(destination.name)
    if destination.kind == "email" and not is_address(destination.target):
        raise InputError("an e-mail destination's target must be one address such as ops@example.com", "target")
    if destination.kind == "webhook":
        try:
            await address.resolve(address.parse(destination.target), private)
        except (Refused, NotReachable) as refusal:
            raise InputError(str(refusal), "target") from None
    made = uuid4()
    async with analytics.acquire() as connection, connection.transaction():
        await connection.execute(_TURN, project)
        if await connection.fetchval(_COUNT, project) >= MOST_DESTINATIONS:
            raise InputError(f"a project has {MOST_DESTINATIONS} destinations at most; remove one first", "name")
        try:
            await connection.execute(_ADD, made, project, destination.name, destination.kind, destination.target)
        except asyncpg.UniqueViolationError:
            raise InputError(f"there is a destination {destination.name!r} already", "name") from None
    return made


async def renew_key(analytics: Any, project: str, destination_id: UUID) -> int | None:
    """The number of the signing key that counts from now on; None where there is no such webhook."""
    return await analytics.fetchval(_RENEW, project, destination_id)


async def remove(analytics: Any, project: str, destination_id: UUID) -> bool:
    """Whether there was such a destination. What waits for it is given up at its next attempt."""
    async with analytics.acquire() as connection, connection.transaction():
        await connection.execute(_TURN, project)
        await connection.execute(_UNNAME, project, destination_id)
        return bool(await connection.fetchval(_REMOVE, project, destination_id))


async def list_destinations(analytics: Any, project: str | None) -> list[dict[str, Any]]:
    """The destinations of a project, or of all. Of a URL only the server is told: the rest may be a secret."""
    rows = [dict(row) for row in await analytics.fetch(_OF_PROJECT, project)]
    return [row | {"target": _shown(row["kind"], row["target"])} for row in rows]


async def send_test(analytics: Any, means: AlertMeans, project: str, destination_id: UUID) -> dict[str, Any] | None:
    """Delivers a test at once, in one attempt, and tells what came of it; None where there is no such destination."""
    to = await analytics.fetchrow(_ONE, project, destination_id)
    if to is None:
        return None
    delivery = uuid4()
    at = await analytics.fetchval("SELECT now()")
    body = msgspec.json.encode(make_test(delivery, project, at)).decode()
    answer = await deliver(means, to, delivery, body)
    state = "delivered" if answer.delivered else "failed"
    await analytics.execute(_LOG_TEST, delivery, project, destination_id, to["name"], body, at, state, answer.text)
    return {"delivery": delivery, "delivered": answer.delivered, "answer": answer.text}


async def deliveries(analytics: Any, project: str, limit: int) -> list[dict[str, Any]]:
    """The newest messages of a project, each with its text, its state and what came of the last attempt."""
    log = []
    for row in await analytics.fetch(_LOG, project, limit):
        told = dict(row)
        log.append(told | {"text": msgspec.json.decode(told.pop("body"))["text"]})
    return log


def _shown(kind: str, target: str) -> str:
    if kind == "email":
        return target
    url = address.parse(target)
    return f"{url.scheme}://{url.netloc.decode('ascii')}/…"
