"""What goes on in the databases: how far workers are, who works, how old models are, what was left out."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from gooddata.doctor.finding import Finding, fail, ok, span, warn
from gooddata.errors import GoodDataError, LogReplaced, LogUnavailable
from gooddata.eventlog.lag import require_held
from gooddata.eventlog.open import open_log
from gooddata.serving.lag import expired_leases, lags, workers
from gooddata.serving.log_lag import ROLE as LEDGER
from gooddata.serving.store import Store

LAGS_SECONDS, LAGS_BADLY_SECONDS = 10.0, 300.0
OLD_MODEL_SECONDS = 30 * 86_400.0

_MODELS = """SELECT project_id, task, extract(epoch FROM now() - trained_at)::float8 AS age FROM analytics.model
             WHERE role = 'champion' ORDER BY trained_at"""
_UNREADABLE = "SELECT count(*) FROM analytics.unreadable"
_START = "start one: gooddata work (gooddata up has one); where one should run, read its log"


async def installation(raw_dsn: str, analytics_dsn: str, log: str) -> AsyncIterator[Finding]:
    """By the rights of serving, which sees no event."""
    try:
        store = await Store.open(raw_dsn, analytics_dsn, log)
    except (GoodDataError, OSError, TimeoutError, asyncpg.PostgresError) as failure:
        action = "run doctor with serving's settings: GOODDATA_SETTINGS=serve.toml gooddata doctor"
        yield warn("lag", f"how far workers are cannot be seen by this login ({failure})", action)
        return
    try:
        yield await _held(store, raw_dsn, log)
        yield await _lag(store)
        yield await _workers(store)
        yield await _models(store)
        yield await _left_out(store)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        yield fail("lag", f"it cannot be told ({failure})", "see the databases, above")
    finally:
        await store.close()


async def _held(store: Store, raw_dsn: str, log: str) -> Finding:
    name = "log and analytics"
    try:
        opened = await open_log(log, raw_dsn, LEDGER, size=1)
    except GoodDataError as failure:
        return warn(name, f"whether they belong together cannot be told ({failure})", "see the event log")
    try:
        await require_held(opened, store.analytics)
    except LogReplaced as failure:
        return fail(name, str(failure), "stop the workers and ingestion until then; docs/backup.md says why")
    except LogUnavailable as failure:
        return warn(name, f"whether they belong together cannot be told ({failure})", "see the event log")
    finally:
        await opened.close()
    return ok(name, "the log holds all that workers have come to")


async def _lag(store: Store) -> Finding:
    lag = await lags(store)
    if not lag.log_answers:
        return fail("lag", "it cannot be told: the event log does not answer", "see the event log, above")
    partitions = lag.partitions
    worst = max(partitions, key=lambda each: each.lag_ms, default=None)
    behind = sum(each.behind for each in partitions)
    if worst is None or not behind:
        return ok("lag", f"workers have applied all that is in the {len(partitions)} partitions")
    seconds = worst.lag_ms / 1_000
    told = f"{behind:,} batches wait, the oldest for {span(seconds)}, in partition {worst.partition}"
    action = "start more workers, up to one a partition; where none works, see below"
    if seconds > LAGS_BADLY_SECONDS:
        return fail("lag", told, action)
    return warn("lag", told, action) if seconds > LAGS_SECONDS else ok("lag", told)


async def _workers(store: Store) -> Finding:
    name = "workers"
    there = await workers(store)
    alive = [each for each in there if each["alive"]]
    partitions = (await lags(store)).partitions
    if not alive:
        waits = any(each.behind for each in partitions)
        return fail(name, "none works, and events wait", _START) if waits else warn(name, "none works", _START)
    expired = await expired_leases(store)
    if expired:
        action = "workers take them up within seconds; where that stays so, restart them and read their logs"
        return warn(name, f"{len(alive)} work, and {expired} of {len(partitions)} partitions are held by none", action)
    return ok(name, f"{len(alive)} work, and hold all {len(partitions)} partitions")


async def _models(store: Store) -> Finding:
    name = "models"
    rows: list[Any] = await store.analytics.fetch(_MODELS)
    if not rows:
        return ok(name, "none is trained yet")
    oldest = rows[0]
    told = f"{len(rows)} in use, the oldest is {span(oldest['age'])} old ({oldest['task']} of {oldest['project_id']})"
    if oldest["age"] > OLD_MODEL_SECONDS:
        action = "see that gooddata train --watch runs, and what it logs; or train now: gooddata train"
        return warn(name, told, action)
    return ok(name, told)


async def _left_out(store: Store) -> Finding:
    count = await store.analytics.fetchval(_UNREADABLE)
    if count:
        action = "the page Pipeline says which and why; they are kept in raw: gooddata rebuild tries them again"
        return warn("events left out", f"{count:,} could not be read or applied by workers", action)
    return ok("events left out", "none: workers could read all")
