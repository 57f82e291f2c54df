"""What holds for a project's events: goals, tracking plan, exclusions, properties, holdout, items."""

from typing import Any

import msgspec
from litestar import get, put

from gooddata.errors import InputError
from gooddata.persistence import items as said
from gooddata.persistence import project_rules as rules_
from gooddata.persistence.holdout import MOST, put_share, share_of
from gooddata.persistence.operator import operating
from gooddata.persistence.projects import put_goals
from gooddata.persistence.raw_events import since_moment
from gooddata.persistence.rejections import plan_violations
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.store import Store

_GOALS = "SELECT event_name FROM control.goal WHERE project_id = $1 ORDER BY 1"


class Goals(msgspec.Struct, forbid_unknown_fields=True):
    goals: list[str]


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """The plan as `gooddata plan set` takes it; null takes it out of force."""

    plan: dict[str, Any] | None


class Properties(msgspec.Struct, forbid_unknown_fields=True):
    properties: list[str]


class Exclusion(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    value: str


class Exclusions(msgspec.Struct, forbid_unknown_fields=True):
    exclusions: list[Exclusion]


class Share(msgspec.Struct, forbid_unknown_fields=True):
    share: float


class Items(msgspec.Struct, forbid_unknown_fields=True):
    items: list[said.Item]


@get("/rules")
async def rules(owner: Owner, project_id: str, store: Store, means: Means) -> dict[str, Any]:
    """All that holds for a project, with the limits of each."""
    async with store.analytics.acquire() as connection:
        plan = await rules_.plan_of(connection, project_id)
        return {
            "goals": [row["event_name"] for row in await connection.fetch(_GOALS, project_id)],
            "plan": None if plan is None else msgspec.json.decode(plan),
            "properties": await rules_.allowed_properties(connection, project_id),
            "exclusions": await rules_.exclusions_of(connection, project_id),
            "holdout": await share_of(connection, project_id),
            "recommendations": msgspec.to_builtins(await said.rules_of(connection, project_id)),
            "most": {"properties": rules_.PROPERTIES, "exclusions": means.most_exclusions, "holdout": MOST},
        }


@put("/rules/goals")
async def set_goals(owner: Owner, project_id: str, store: Store, data: Goals) -> dict[str, Any]:
    """Which events count as conversions, in sessions from then on."""
    async with store.analytics.acquire() as connection:
        return {"goals": await put_goals(connection, project_id, data.goals)}


@put("/rules/plan")
async def set_plan(owner: Owner, project_id: str, store: Store, means: Means, data: Plan) -> dict[str, Any]:
    """Checks a tracking plan and puts it in force within seconds."""
    async with store.analytics.acquire() as connection:
        if data.plan is None:
            await rules_.remove_plan(connection, project_id)
            return {"plan": None}
        checked = means.check_plan(msgspec.json.encode(data.plan))
        await rules_.set_plan(connection, project_id, checked)
    return {"plan": msgspec.json.decode(checked)}


@get("/rules/plan/violations")
async def violations(owner: Owner, project_id: str, means: Means, since: str = "7d") -> dict[str, Any]:
    """How events differed from the plan, the most frequent first; without what was sent."""
    async with operating(means.deeds.raw_dsn) as raw:
        return {"violations": await plan_violations(raw, project_id, since_moment(since))}


@put("/rules/properties")
async def set_properties(owner: Owner, project_id: str, store: Store, data: Properties) -> dict[str, Any]:
    """Which properties of events go on to analytics, by name, from then on."""
    async with store.analytics.acquire() as connection, connection.transaction():
        there, wanted = set(await rules_.allowed_properties(connection, project_id)), set(data.properties)
        await rules_.deny_properties(connection, project_id, sorted(there - wanted))
        await rules_.allow_properties(connection, project_id, sorted(wanted - there))
        return {"properties": await rules_.allowed_properties(connection, project_id)}


@put("/rules/exclusions")
async def set_exclusions(owner: Owner, project_id: str, store: Store, means: Means, data: Exclusions) -> dict[str, Any]:
    """Which traffic is the project's own, and not counted."""
    wanted = {_checked(means, each) for each in data.exclusions}
    async with store.analytics.acquire() as connection, connection.transaction():
        there = {(row["kind"], row["value"]) for row in await rules_.exclusions_of(connection, project_id)}
        await rules_.remove_exclusions(connection, project_id, sorted(there - wanted))
        await rules_.add_exclusions(connection, project_id, sorted(wanted - there), means.most_exclusions)
        return {"exclusions": await rules_.exclusions_of(connection, project_id)}


@put("/rules/holdout")
async def set_holdout(owner: Owner, project_id: str, store: Store, data: Share) -> dict[str, Any]:
    """The share of visitors to whose browsers nothing is told."""
    async with store.analytics.acquire() as connection:
        await put_share(connection, project_id, data.share)
        return {"holdout": await share_of(connection, project_id)}


@put("/rules/recommendations")
async def set_recommendations(
    owner: Owner, project_id: str, store: Store, data: said.RecommendationRules
) -> said.RecommendationRules:
    """By which rules items are recommended."""
    async with store.analytics.acquire() as connection:
        await said.put_rules(connection, project_id, data)
        return await said.rules_of(connection, project_id)


@get("/rules/items")
async def items(owner: Owner, project_id: str, store: Store) -> dict[str, Any]:
    """What has been said of items."""
    async with store.analytics.acquire() as connection:
        return {"items": await said.items_of(connection, project_id)}


@put("/rules/items")
async def set_items(owner: Owner, project_id: str, store: Store, data: Items) -> dict[str, Any]:
    """Says of items what holds from now on; what is not named stays as it is."""
    async with store.analytics.acquire() as connection:
        return {"set": await said.put_items(connection, project_id, data.items)}


def _checked(means: Means, exclusion: Exclusion) -> tuple[str, str]:
    if exclusion.kind not in EXCLUSION_KINDS:
        raise InputError(f"the kind of an exclusion is one of {', '.join(EXCLUSION_KINDS)}", "kind")
    return means.check_exclusion(exclusion.kind, exclusion.value)


EXCLUSION_KINDS = ("ip", "user_agent", "user", "property", "trait", "email_domain")
