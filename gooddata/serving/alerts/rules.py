"""Rules as owners keep them."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from gooddata.errors import InputError
from gooddata.serving.alerts import condition
from gooddata.serving.alerts.condition import Condition, in_words
from gooddata.serving.kept_name import check_name
from gooddata.sql import statement

MOST_RULES = 200
MOST_DESTINATIONS = 5
MOST_LOOKS = 60
MOST_QUIET_MINUTES = 1440

_PUT = statement(__package__, "put_rule")
_LIST = statement(__package__, "rules")
_COUNT = "SELECT count(*) FROM control.alert_rule WHERE project_id = $1"
_KNOWN = "SELECT count(*) FROM control.alert_destination WHERE project_id = $1 AND destination_id = ANY ($2)"
# The looks that were counted were of the rule as it was.
_ANEW = "UPDATE control.alert_state SET against = 0 WHERE rule_id = $1"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an owner asks for: tell `destinations` once `condition` has held for `looks` looks, a minute apart, and
    again when it is over; with `quiet_minutes` or more between two notifications."""

    name: str
    condition: Condition
    destinations: list[UUID] = []
    looks: int = 2
    quiet_minutes: int = 10
    enabled: bool = True


def check(rule: Rule) -> None:
    """Raises InputError naming the field that cannot be."""
    check_name(rule.name)
    condition.check(rule.condition)
    if not 1 <= rule.looks <= MOST_LOOKS:
        raise InputError(f"looks must be 1 to {MOST_LOOKS}", "looks")
    if not 1 <= rule.quiet_minutes <= MOST_QUIET_MINUTES:
        raise InputError(f"quiet_minutes must be 1 to {MOST_QUIET_MINUTES}, which is a day", "quiet_minutes")
    if len(rule.destinations) > MOST_DESTINATIONS or len(set(rule.destinations)) < len(rule.destinations):
        raise InputError(f"name up to {MOST_DESTINATIONS} destinations, each once", "destinations")


async def put_rule(analytics: Any, project: str, rule: Rule, rule_id: UUID | None = None) -> UUID | None:
    """Keeps a new rule, or `rule_id` as it is to be from now on; None where there is no such rule.

    `analytics` is a pool. Raises InputError for what cannot be kept.
    """
    check(rule)
    made = rule_id or uuid4()
    async with analytics.acquire() as connection, connection.transaction():
        # One after the other, so that the limit holds and no destination goes meanwhile.
        await connection.execute("SELECT FROM control.project WHERE project_id = $1 FOR NO KEY UPDATE", project)
        if rule_id is None and await connection.fetchval(_COUNT, project) >= MOST_RULES:
            raise InputError(f"a project has {MOST_RULES} rules at most; remove one first", "name")
        if await connection.fetchval(_KNOWN, project, rule.destinations) < len(rule.destinations):
            raise InputError("there is no such destination in this project", "destinations")
        try:
            kept = await connection.fetchval(
                _PUT,
                made,
                project,
                rule.name,
                msgspec.json.encode(rule.condition).decode(),
                rule.looks,
                rule.quiet_minutes,
                rule.destinations,
                rule.enabled,
                rule_id is not None,
            )
        except asyncpg.UniqueViolationError:
            raise InputError(f"there is a rule {rule.name!r} already", "name") from None
        if kept is not None:
            await connection.execute(_ANEW, made)
        return kept


async def remove_rule(analytics: Any, project: str, rule_id: UUID) -> bool:
    """Whether there was such a rule. Nothing is said about it any more."""
    gone = await analytics.fetchval(
        "DELETE FROM control.alert_rule WHERE project_id = $1 AND rule_id = $2 RETURNING true", project, rule_id
    )
    return bool(gone)


async def list_rules(analytics: Any, project: str | None) -> list[dict[str, Any]]:
    """The rules of a project, or of all, with how each stands; those that fire come first. Moments are in epoch ms."""
    rules = []
    for row in await analytics.fetch(_LIST, project):
        told = dict(row)
        asked = msgspec.json.decode(told.pop("condition"), type=Condition)
        rules.append(told | {"condition": msgspec.to_builtins(asked), "in_words": in_words(asked)})
    return rules
