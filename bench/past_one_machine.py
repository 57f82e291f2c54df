"""What does an event cost by stage with the log on NATS JetStream, beside the same with the log on PostgreSQL?

`gooddata bench pipeline --log nats`. Ingestion, the log alone, one, two and four workers, and the archive, all as
processes of their own, on both logs in turn, with the same events of simulated shoppers. Medians of rounds. What counts
is CPU time: seconds on the clock depend on how many cores there are, and on who else wants them.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import msgspec

from bench import log_alone, many_workers
from bench.contenders import answering, postgres_of
from bench.load.requests import INPUTS, write_requests
from bench.load.wrk import send
from bench.many_workers import Side
from bench.pipeline import Row, by_partition, groups_of, rows_of
from bench.product import cpu_seconds, free_port
from gooddata.config import PREFIX
from gooddata.errors import GoodDataError
from gooddata.event import visitor_mark
from gooddata.eventlog.batch import NewBatch
from gooddata.eventlog.open import make_log, open_log
from gooddata.ingestion.limits import FLUSH_EVENTS
from gooddata.intelligence.training import train_all
from gooddata.persistence.migrate import migrate
from gooddata.persistence.projects import create_project
from tests.integration.nats_servers import NatsServers

PARTITIONS = 16
WORKERS = (1, 2, 4)
_LEARN = 100_000  # events that the models are trained on
_ALONE_EVENTS = 160_000
_ALONE_TIMES = 6  # that those go through the log alone
_ALONE_BATCHES = (1_000, FLUSH_EVENTS)  # events in a message; ingestion makes none of more
_INGEST_SECONDS = 8.0
_WARM_UP_SECONDS = 2.0
_STORED = "SELECT coalesce(sum(events), 0) FROM raw.ledger WHERE outcome = 'stored'"

SIDES = ("postgres", "nats")
Samples = dict[str, list[dict[str, Any]]]


async def run(events: int, batch: int, rounds: int) -> dict[str, Any]:
    """Measures `events` events at a time, in batches of about `batch` a partition."""
    loads = [os.getloadavg()[0]]
    rows = rows_of(_LEARN + events * len(WORKERS) * rounds)
    learned = list(_arrivals(rows[:_LEARN], batch))
    measured = [
        list(_arrivals(rows[_LEARN + events * place :][:events], batch)) for place in range(len(WORKERS) * rounds)
    ]
    for_alone = {size: [*chain(*_arrivals(rows[:_ALONE_EVENTS], size))] for size in _ALONE_BATCHES}
    del rows
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        alone = await _alone(Path(place), for_alone)
        async with AsyncExitStack() as stack:
            sides = {name: await stack.enter_async_context(_side(Path(place) / name, name)) for name in SIDES}
            for side, _ in sides.values():
                await _learn(side, learned)
            of_workers: dict[int, Samples] = {count: {name: [] for name in SIDES} for count in WORKERS}
            for number, arrivals in enumerate(measured):
                turn = WORKERS[number % len(WORKERS)]
                # What comes first finds smaller tables, so neither log always does, nor one number of workers.
                turn = turn if (number // len(WORKERS)) % 2 == 0 else WORKERS[-1 - number % len(WORKERS)]
                for name in SIDES if number % 2 == 0 else SIDES[::-1]:
                    of_workers[turn][name].append(await many_workers.measure(sides[name][0], turn, arrivals))
            ingestion: Samples = {name: [] for name in SIDES}
            for number in range(max(rounds, 2)):
                for name in SIDES if number % 2 == 0 else SIDES[::-1]:
                    ingestion[name].append(await _ingest(*sides[name], Path(place)))
    loads.append(os.getloadavg()[0])
    workers = {str(count): {name: _middle(each) for name, each in of.items()} for count, of in of_workers.items()}
    report: dict[str, Any] = {
        "bench": "pipeline",
        "log": "nats",
        "cores": os.cpu_count(),
        "load_average": [round(load, 1) for load in loads],
        "events": events,
        "batch": batch,
        "rounds": rounds,
        "partitions": PARTITIONS,
        "log_alone": alone,
        "ingestion": {name: _middle(each) for name, each in ingestion.items()},
        "workers": workers,
        "workers_samples": {str(count): of for count, of in of_workers.items()},
        "ingestion_samples": ingestion,
    }
    report["worker_beside_postgres"] = {
        count: {
            "worker": round(_of(of["nats"], "worker") / _of(of["postgres"], "worker"), 3),
            "all": round(of["nats"]["cpu_us_per_event"] / of["postgres"]["cpu_us_per_event"], 3),
        }
        for count, of in workers.items()
    }
    report["cpu_us_per_event_by_stage"] = _stages(report)
    return report


def in_words(report: dict[str, Any]) -> str:
    """The report in a few lines."""
    lines = [f"on {report['cores']} cores, load average {report['load_average'][0]} to {report['load_average'][1]}"]
    for name, each in report["log_alone"].items():
        cost = ", ".join(f"{who} {spent}" for who, spent in each["cpu_us_per_event"].items())
        lines.append(f"log alone, {name}: {each['events_per_second']:,} events/s, us of CPU an event: {cost}")
    for name, stages in report["cpu_us_per_event_by_stage"].items():
        lines.append(f"{name}, us of CPU an event: " + ", ".join(f"{stage} {spent}" for stage, spent in stages.items()))
    for count, of in report["workers"].items():
        for name, each in of.items():
            lines.append(
                f"{count} workers on {name}: {each['cpu_us_per_event']} us an event, of which worker "
                f"{_of(each, 'worker')}; shares of events {each['shares_of_events']}"
            )
    return "\n".join(lines)


def _stages(report: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What an event costs from its arrival to its scores, with one worker."""
    found = {}
    for name in SIDES:
        ingest = report["ingestion"][name]["cpu_us_per_event_by_process"]
        worker = report["workers"]["1"][name]
        moved = worker.get("archive_cpu_us_per_event_by_process", {})
        work = worker["cpu_us_per_event_by_process"]
        parts = {
            "ingestion": ingest["api"],
            "broker": sum(each.get("broker", 0.0) for each in (ingest, work, moved)),
            "postgresql, raw": _postgres(moved) if moved else _postgres(ingest),
            "archive": moved.get("archive", 0.0),
            "worker": work["worker"],
            "postgresql, analytics": _postgres(work),
        }
        found[name] = {stage: round(spent, 2) for stage, spent in parts.items()}
        found[name]["all"] = round(sum(parts.values()), 2)
    return found


def _postgres(by_process: Mapping[str, float]) -> float:
    return sum(spent for name, spent in by_process.items() if name.startswith("postgres"))


def _of(measured: dict[str, Any], process: str) -> float:
    return float(measured["cpu_us_per_event_by_process"][process])


def _middle(samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Medians of numbers, by name; of what is no number, the newest."""
    found: dict[str, Any] = {}
    for name, newest in samples[-1].items():
        each = [sample[name] for sample in samples]
        if isinstance(newest, dict):
            names = sorted({key for sample in each for key in sample})
            found[name] = {key: round(median(sample.get(key, 0.0) for sample in each), 2) for key in names}
        else:
            found[name] = newest if isinstance(newest, list) else round(median(each), 2)
    return found


def _arrivals(rows: Sequence[Row], batch: int) -> Iterator[list[NewBatch]]:
    """A batch for each partition."""
    for start in range(0, len(rows), batch * PARTITIONS):
        yield [
            NewBatch(
                partition,
                len(own),
                os.urandom(8 * len(own)),
                sorted({visitor_mark("bench", event["visitor"]) for _, event, _ in own}),
                msgspec.json.encode(groups_of("bench", own)),
            )
            for partition, own in by_partition("bench", rows[start : start + batch * PARTITIONS], PARTITIONS)
        ]


async def _alone(folder: Path, batches: Mapping[int, Sequence[NewBatch]]) -> dict[str, Any]:
    """One server, and three that must agree, on this one machine."""
    found = {}
    with postgres_of(folder / "alone") as postgres:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        await migrate(raw_dsn, analytics_dsn, partitions=PARTITIONS)
        for count in (1, 3):
            servers = await NatsServers(folder / f"servers-{count}", count=count).start()
            try:
                await make_log(servers.url(), raw_dsn, analytics_dsn, timedelta(0))
                for whole in (False, True):
                    for size, own in batches.items():
                        name = f"{count} server{'s' if count > 1 else ''}, {size} a message, "
                        name += "whole" if whole else "packed"
                        times = _ALONE_TIMES if count == 1 else _ALONE_TIMES // 2
                        found[name] = await log_alone.measure(servers.url(), servers.pids, own, times, whole)
            finally:
                servers.end()
            shutil.rmtree(folder / f"servers-{count}")
    return found


@asynccontextmanager
async def _side(folder: Path, name: str) -> AsyncIterator[tuple[Side, str]]:
    """A log with its databases, and the write key of a project there."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(postgres_of(folder))
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        await migrate(raw_dsn, analytics_dsn, partitions=PARTITIONS)
        where, servers = "postgres", [postgres.pid]
        if name == "nats":
            broker = await NatsServers(folder / "nats").start()
            stack.callback(broker.end)
            where, servers = broker.url(), [*servers, *broker.pids]
            await make_log(where, raw_dsn, analytics_dsn, timedelta(hours=24))
        log = await open_log(where, raw_dsn, "gooddata_ingest", size=1)
        stack.push_async_callback(log.close)
        raw, analytics = await asyncpg.connect(raw_dsn), await asyncpg.connect(analytics_dsn)
        stack.push_async_callback(raw.close)
        stack.push_async_callback(analytics.close)
        project = await create_project(analytics, "Bench")
        settings = {
            "RAW_DSN": raw_dsn,
            "ANALYTICS_DSN": analytics_dsn,
            "DATA": str(folder / "data"),
            "SECRET": "of a measurement",
            "LOG": where,
        }
        environment = {PREFIX + setting: value for setting, value in settings.items()}
        environment["PYTHONPATH"] = str(Path(__file__).parents[1])
        yield Side(log, raw, analytics, environment, tuple(servers), folder), project.write_key


async def _learn(side: Side, arrivals: Sequence[Sequence[NewBatch]]) -> None:
    with side.running("work"):
        await side.append(arrivals)
        await side.worked_off()
    await train_all(side.environment[f"{PREFIX}ANALYTICS_DSN"], "bench")


async def _ingest(side: Side, key: str, folder: Path) -> dict[str, Any]:
    """The ingestion server alone, flat out, with twenty events in a request. Raises GoodDataError unless what was
    acknowledged is in the ledger, once."""
    port = free_port()
    archives = not side.log.appends_together
    shape = INPUTS["20"]
    stored = await side.raw.fetchval(_STORED)
    with side.running("ingest", "--port", str(port)) as process:
        url = await answering(port, process)
        requests = write_requests(shape, url.removeprefix("http://"), key, folder / "requests")
        warm = send(shape, requests, url, seconds=_WARM_UP_SECONDS, connections=shape.connections)
        await side.raw.execute("CHECKPOINT")
        before = cpu_seconds(process.pid, *side.servers)
        sent = send(shape, requests, url, seconds=_INGEST_SECONDS, connections=shape.connections)
        after = cpu_seconds(process.pid, *side.servers)
    if archives:
        with side.running("archive"):
            await side.archived()
    stored = await side.raw.fetchval(_STORED) - stored
    if stored != warm.events + sent.events:
        raise GoodDataError(f"{warm.events + sent.events} events were taken in, and {stored} are in the ledger")
    micros = {name: (after[name] - before.get(name, 0.0)) / sent.events * 1e6 for name in sorted(after)}
    return {
        "events": sent.events,
        "events_per_second": round(sent.events_per_second),
        "p99_ms": round(sent.p99_ms, 1),
        "cpu_us_per_event": round(sum(micros.values()), 2),
        "cpu_us_per_event_by_process": {name: round(each, 2) for name, each in micros.items() if each >= 0.005},
    }


if __name__ == "__main__":
    print(msgspec.json.encode(asyncio.run(run(20_000, 1_000, 1))).decode())
