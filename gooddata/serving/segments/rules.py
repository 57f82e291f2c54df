"""Segments as analysts keep them."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from gooddata.errors import InputError
from gooddata.serving.columns.filters import Condition, parse_all
from gooddata.serving.kept_name import check_name
from gooddata.sql import statement

MOST_RULES = 100
MOST_DAYS = 90

_PUT = statement(__package__, "put_rule")
_LIST = statement(__package__, "rules")
_COUNT = "SELECT count(*) FROM control.segment_rule WHERE project_id = $1"
_REMOVE = "DELETE FROM control.segment_rule WHERE project_id = $1 AND segment_id = $2 RETURNING true"


class SegmentRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Visitors with a session of the last `days` days, today included, that passes all of `filters`."""

    name: str
    filters: list[str]
    days: int = 30


def check(rule: SegmentRule) -> None:
    """Raises InputError naming the field that cannot be."""
    check_name(rule.name)
    if not rule.filters:
        raise InputError("a segment has a filter at least: say whom it is of", "filters")
    parse_all(rule.filters, "filters")
    if not 1 <= rule.days <= MOST_DAYS:
        raise InputError(f"days must be 1 to {MOST_DAYS}", "days")


async def put_rule(
    analytics: Any, project: str, rule: SegmentRule, account: UUID | None, segment: UUID | None = None
) -> UUID | None:
    """Keeps a new segment, or `segment` as it is to be from now on; None where there is no such segment.

    `analytics` is a pool. Raises InputError for what cannot be kept.
    """
    check(rule)
    made = segment or uuid4()
    async with analytics.acquire() as connection, connection.transaction():
        # One after the other, so that the limit holds.
        await connection.execute("SELECT FROM control.project WHERE project_id = $1 FOR NO KEY UPDATE", project)
        if segment is None and await connection.fetchval(_COUNT, project) >= MOST_RULES:
            raise InputError(f"a project has {MOST_RULES} segments at most; delete one first", "name")
        try:
            kept: UUID | None = await connection.fetchval(
                _PUT, made, project, rule.name, rule.filters, rule.days, account, segment is not None
            )
        except asyncpg.UniqueViolationError:
            raise InputError(f"there is a segment {rule.name!r} already", "name") from None
        return kept


async def remove_rule(analytics: Any, project: str, segment: UUID) -> bool:
    """Whether there was such a segment."""
    return bool(await analytics.fetchval(_REMOVE, project, segment))


async def list_rules(analytics: Any, project: str, segment: UUID | None = None) -> list[dict[str, Any]]:
    """The segments of a project by name, or one of them. Moments are in epoch ms; accounts are e-mail addresses."""
    return [dict(row) for row in await analytics.fetch(_LIST, project, segment)]


def conditions_of(rule: dict[str, Any]) -> tuple[Condition, ...]:
    """Raises InputError for what was kept by a version that read filters differently."""
    return parse_all(rule["filters"], "filters")
