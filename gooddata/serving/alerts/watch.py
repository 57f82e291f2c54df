"""Looks at all rules, once a minute, in one of the processes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from gooddata.errors import InputError
from gooddata.serving.alerts.condition import Condition, holds, in_words
from gooddata.serving.alerts.message import Change, make
from gooddata.serving.alerts.observe import Observer
from gooddata.serving.alerts.standing import Standing, is_news, looked, told
from gooddata.serving.store import Store
from gooddata.sql import statement

_TAKE = "SELECT pg_try_advisory_xact_lock(hashtextextended('alerts', 0))"
_DUE = statement(__package__, "due")
_PUT = statement(__package__, "put_state")
_SAY = statement(__package__, "say")
_NAMES = "SELECT destination_id, name FROM control.alert_destination WHERE destination_id = ANY ($1)"


async def look(store: Store, at: datetime | None = None) -> int:
    """Looks at the rules that have not been looked at in this minute, and puts into the outbox what is news.

    How many rules that were; 0 where another process is at it. Rule, state and message change together or not at all.
    """
    async with store.analytics.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_TAKE):
            return 0
        at = at or await connection.fetchval("SELECT now()")
        observer = Observer(store, at)
        rules = await connection.fetch(_DUE, at.replace(second=0, microsecond=0))
        news: dict[tuple[str, UUID], list[Change]] = defaultdict(list)
        for rule in rules:
            change = await _look_at(connection, observer, rule, at)
            if change is not None:
                for destination in rule["destinations"]:
                    news[rule["project_id"], destination].append(change)
        await _say(connection, news, at)
        return len(rules)


async def _look_at(connection: Any, observer: Observer, rule: Mapping[str, Any], at: datetime) -> Change | None:
    """Keeps how the rule stands; the change, where somebody is to be told."""
    condition = msgspec.json.decode(rule["condition"], type=Condition)
    try:
        observed, note = await observer.observe(rule["project_id"], condition)
    except InputError as problem:
        observed, note = None, str(problem)
    now = None if observed is None else holds(condition, observed)
    before = Standing(rule["firing"], rule["since"] or at, rule["against"], rule["told_firing"], rule["told_at"])
    after = looked(before, now, rule["looks"], at)
    is_told = is_news(after, timedelta(minutes=rule["quiet_minutes"]), at)
    after = told(after, at) if is_told else after
    await connection.execute(
        _PUT,
        rule["rule_id"],
        at,
        observed,
        note,
        after.firing,
        after.since,
        after.against,
        after.told_firing,
        after.told_at,
    )
    if not is_told:
        return None
    state = "firing" if after.firing else "resolved"
    return Change(rule["rule_id"], rule["name"], state, in_words(condition), observed, after.since)


async def _say(connection: Any, news: Mapping[tuple[str, UUID], list[Change]], at: datetime) -> None:
    """One message to each destination, about everything that is new for it."""
    known = await connection.fetch(_NAMES, [destination for _, destination in news])
    names = {row["destination_id"]: row["name"] for row in known}
    for (project, destination), changes in news.items():
        if destination not in names:
            continue
        delivery = uuid4()
        body = msgspec.json.encode(make(delivery, project, at, changes)).decode()
        await connection.execute(_SAY, delivery, project, destination, names[destination], body, at)
