"""What does an event cost the worker, from the batch in the log to committed sessions, counts and scores?

The input are visits of simulated shoppers, vectors included, with whatever many visitors do at one time mixed as it
arrives. A model is trained on the first third of them. The worker is held while the rest is appended to the log, and
then let go: what it and PostgreSQL spend from there to the last commit is divided by the events. What of it goes into
features and scores is counted within the worker (see bench/scoring_cost.py). What it costs to count the unique visitors
of these hours, which the worker does later, is measured after that.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench import scoring_cost
from bench.contenders import postgres_of, process_of
from bench.product import cpu_seconds
from gooddata.config import PREFIX, Settings
from gooddata.event import Group, partition_of, visitor_mark
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.training import train_all
from gooddata.intelligence.uniques.keep import ROLE, SETTINGS, count_ready
from gooddata.intelligence.uniques.recount import Ready
from gooddata.persistence.migrate import migrate
from gooddata.persistence.pool import open_connection
from gooddata.persistence.projects import create_project
from gooddata.replay.shoppers.backfill import past_visits
from gooddata.replay.shoppers.shop import open_shop

_APPEND = "INSERT INTO raw.batch VALUES ($1, $2, $3, $4, $5, $6, $7)"
_DUE = "SELECT EXISTS (SELECT FROM analytics.unique_due WHERE hour + interval '1 hour' <= now())"
_DAYS = 2.0
_EVENTS_A_VISIT = 40

Row = tuple[int, dict[str, Any], dict[str, Any]]  # timestamp, event, context


async def run(events: int, batch: int) -> dict[str, Any]:
    """Measures `events` events in batches of about `batch`."""
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place, postgres_of(Path(place)) as postgres:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        partitions = Settings().partitions
        await migrate(raw_dsn, analytics_dsn, partitions=partitions)
        raw, analytics = await asyncpg.connect(raw_dsn), await asyncpg.connect(analytics_dsn)
        project = (await create_project(analytics, "Bench")).project
        rows = rows_of(events + events // 2)
        learned = len(rows) // 3
        settings = {"RAW_DSN": raw_dsn, "ANALYTICS_DSN": analytics_dsn, "DATA": place, "SECRET": "of a measurement"}
        environment = {PREFIX + name: value for name, value in settings.items()}
        environment["PYTHONPATH"] = str(Path(__file__).parents[1])
        spent = Path(place) / "scoring"
        command = [sys.executable, "-m", "bench.scoring_cost", str(spent), "work"]
        with process_of(command, environment, Path(place)) as worker:
            await append(raw, project, rows[:learned], batch, partitions)
            await caught_up(raw, analytics)
            models = await train_all(analytics_dsn, project)
            await _count_visitors(analytics_dsn)
            # It looks for new models every other second.
            await asyncio.sleep(4)
            before_raw, before_analytics = await _sizes(raw, "raw"), await _sizes(analytics, "analytics")
            sessions = await analytics.fetchval("SELECT count(*) FROM analytics.session")
            worker.send_signal(signal.SIGSTOP)
            await append(raw, project, rows[learned:], batch, partitions)
            for connection in (raw, analytics):
                await connection.execute("CHECKPOINT")
            roots = (worker.pid, postgres.pid)
            scoring = scoring_cost.read(spent)
            before, started = cpu_seconds(*roots), time.perf_counter()
            worker.send_signal(signal.SIGCONT)
            await caught_up(raw, analytics)
            after, seconds = cpu_seconds(*roots), time.perf_counter() - started
            scoring = scoring_cost.read(spent) - scoring
            of_postgres, own = sum(cpu_seconds(postgres.pid).values()), time.process_time()
            await _count_visitors(analytics_dsn)
            own = time.process_time() - own + sum(cpu_seconds(postgres.pid).values()) - of_postgres
        measured = len(rows) - learned
        micros = {name: (after[name] - before.get(name, 0.0)) / measured * 1e6 for name in sorted(after)}
        sessions = await analytics.fetchval("SELECT count(*) FROM analytics.session") - sessions
        parts = dict(zip(scoring_cost.PARTS, (scoring / measured * 1e6).tolist(), strict=True))
        parts["session_state"] = scoring_cost.of_session_state(rows[learned:]) / measured * 1e6
        report = {
            "bench": "pipeline",
            "cores": os.cpu_count(),
            "events": measured,
            "batch": batch,
            "sessions": sessions,
            "models": {model.task: model.status for model in models},
            "scored": await analytics.fetchval("SELECT count(*) FROM analytics.score WHERE score IS NOT NULL"),
            "events_per_second": round(measured / seconds),
            "cpu_us_per_event": round(sum(micros.values()), 2),
            "cpu_us_per_event_by_process": {name: round(spent, 2) for name, spent in micros.items() if spent >= 0.005},
            "features_and_scores_cpu_us_per_event": round(sum(parts.values()), 2),
            "features_and_scores_by_part": {name: round(each, 2) for name, each in parts.items()},
            "visitors_cpu_us_per_event": round(own / measured * 1e6, 2),
            "disk_mb_per_million_events": {
                "raw": round((await _sizes(raw, "raw") - before_raw) / measured),
                "analytics": round((await _sizes(analytics, "analytics") - before_analytics) / measured),
            },
        }
        await raw.close()
        await analytics.close()
        return report


def in_words(report: dict[str, Any]) -> str:
    """The report in a few lines."""
    disk = report["disk_mb_per_million_events"]
    parts = ", ".join(f"{name} {spent}" for name, spent in report["cpu_us_per_event_by_process"].items())
    return (
        f"{report['events']:,} events in {report['sessions']:,} sessions, on {report['cores']} cores:\n"
        f"{report['cpu_us_per_event']} us of CPU an event ({parts}), {report['events_per_second']:,} events/s\n"
        f"of the worker's, {report['features_and_scores_cpu_us_per_event']} us are for features and scores\n"
        f"and, later, {report['visitors_cpu_us_per_event']} us to count the unique visitors of its hours\n"
        f"disk per million events: {disk['raw']:,} MB raw, {disk['analytics']:,} MB analytics"
    )


def rows_of(events: int) -> list[Row]:
    """At least so many events of visits, as they happen."""
    sessions = events // _EVENTS_A_VISIT
    rows: list[Row] = []
    while len(rows) < events:
        sessions = sessions * 5 // 4 + 1
        rows = [
            (start + moment.at, moment.event, visit.context)
            for start, visit in past_visits(open_shop(), sessions, _DAYS, 1, time.time_ns() // 1_000_000)
            for moment in visit.moments
        ]
    rows.sort(key=lambda row: row[0])
    return rows[:events]


async def append(raw: Any, project: str, rows: list[Row], batch: int, partitions: int) -> None:
    """Appends as ingestion does: a batch a partition, in it a group a request."""
    for start in range(0, len(rows), batch * partitions):
        async with raw.transaction():
            for partition, own in by_partition(project, rows[start : start + batch * partitions], partitions):
                marks = sorted({visitor_mark(project, event["visitor"]) for _, event, _ in own})
                seq = await raw.fetchval(
                    "UPDATE raw.partition SET head = head + 1 WHERE partition = $1 RETURNING head", partition
                )
                body = msgspec.json.encode(groups_of(project, own))
                await raw.execute(
                    _APPEND, partition, seq, datetime.now(UTC), len(own), os.urandom(8 * len(own)), marks, body
                )
    await raw.execute("NOTIFY gooddata_batch")


def by_partition(project: str, rows: Sequence[Row], partitions: int) -> Iterator[tuple[int, list[Row]]]:
    own: dict[int, list[Row]] = {}
    for row in rows:
        own.setdefault(partition_of(project, row[1]["visitor"], partitions), []).append(row)
    yield from sorted(own.items())


def groups_of(project: str, rows: Sequence[Row]) -> list[Group]:
    """What a visitor did on a page within these rows as one request, which says once on what page it was."""
    requests: dict[tuple[str, str], Group] = {}
    now = time.time_ns() // 1_000_000
    for at, event, visit in rows:
        own = {name: value for name, value in event.items() if name != "context"}
        context = {**visit, **event.get("context", {})}
        page = (event["visitor"], str(context.get("page")))
        request = requests.get(page)
        if request is None:
            request = requests[page] = Group(project, now, [], [], context)
        request.times.append(at)
        request.events.append(msgspec.Raw(msgspec.json.encode(own)))
    return list(requests.values())


async def _count_visitors(analytics_dsn: str) -> None:
    """Counts the visitors of all hours that are over, as the worker does once they have been unchanged for a while."""
    at_once = Ready(timedelta(0), timedelta(0), timedelta(0))
    connection = await open_connection(analytics_dsn, ROLE)
    await connection.execute(SETTINGS)
    await use_milliseconds(connection)
    while await connection.fetchval(_DUE):
        await count_ready(connection, at_once, share=1.0)
    await connection.close()


async def caught_up(raw: Any, analytics: Any) -> None:
    heads = dict(await raw.fetch("SELECT partition, head FROM raw.partition"))
    while dict(await analytics.fetch("SELECT partition, seq FROM analytics.cursor")) != heads:
        await asyncio.sleep(0.05)


async def _sizes(connection: Any, schema: str) -> int:
    """Bytes of all tables and indexes of a schema."""
    return int(
        await connection.fetchval(
            "SELECT sum(pg_total_relation_size(format('%I.%I', schemaname, tablename)::regclass)) FROM pg_tables "
            "WHERE schemaname = $1",
            schema,
        )
    )
