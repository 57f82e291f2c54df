"""What does it cost to count an hour's unique visitors, how large are sketches, and how soon are questions answered?

    python -m bench.uniques [EVENTS...]

For each number of events it fills three hours with so many, of 20,000 visitors in about as many sessions on 500 pages,
has the middle hour counted, and prints as JSON what that took. Then it asks for the visitors of 30 days, made of copies
of those sketches, with an hour at their end that is due.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.contenders import postgres_of
from bench.product import cpu_seconds
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.uniques.keep import SETTINGS
from gooddata.intelligence.uniques.recount import Ready, count_day
from gooddata.persistence.migrate import migrate
from gooddata.persistence.pool import open_connection, open_pool
from gooddata.serving.period import Period
from gooddata.serving.visitors import count_visitors, visitors_by_value

VISITORS, PAGES = 20_000, 500
# Hours of a day that has passed.
_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
_MIDDLE = _DAY + timedelta(hours=12)
_AT_ONCE = Ready(timedelta(0), timedelta(0), timedelta(0))

_FILL = """
    INSERT INTO analytics.event (project_id, event_id, visitor, session_id, timestamp, type, name, path, goal)
    SELECT 'shop', gen_random_uuid(), md5('v' || who)::uuid, md5(who || ' ' || $2::timestamptz)::uuid,
           $2::timestamptz + n * interval '1 hour' / $1::int, 'track', 'name ' || (n % 12),
           '/page/' || floor(power(random(), 2) * $4::int), n % 50 = 0
    FROM (SELECT n, floor(random() * $3::int)::int AS who FROM generate_series(0, $1 - 1) n) e"""
_SESSIONS = """
    INSERT INTO analytics.session (
        project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, source, device, browser)
    SELECT 'shop', session_id, visitor, min(timestamp), max(timestamp), count(*), 0, 0, 0,
           'source ' || abs(hashtext(visitor::text)) % 20, 'desktop', 'browser ' || abs(hashtext(visitor::text)) % 6
    FROM analytics.event GROUP BY session_id, visitor"""
_COPY_HOURS = """
    INSERT INTO analytics.unique_hour
    SELECT project_id, hour + n * interval '1 hour', dimension, value, visitors, sketch
    FROM analytics.unique_hour CROSS JOIN generate_series(-700, 46) n WHERE hour = $1 AND n <> 0
      AND dimension IN ('', 'page') ON CONFLICT DO NOTHING"""
_COPY_DAYS = """
    INSERT INTO analytics.unique_day SELECT project_id, day + n * interval '1 day', dimension, value, visitors, sketch
    FROM analytics.unique_day CROSS JOIN generate_series(-30, 1) n WHERE day = $1 AND n <> 0 ON CONFLICT DO NOTHING"""


async def _measure(postgres: Any, events: int) -> dict[str, Any]:
    dsn = postgres.dsn(f"analytics_{events}")
    await migrate(postgres.dsn(f"raw_{events}"), dsn, partitions=4)
    owner = await asyncpg.connect(dsn)
    await owner.execute(
        "SELECT analytics.make_room($1::timestamptz - interval '40 days', now())".replace("$1", f"'{_DAY}'")
    )
    for hour in (-1, 0, 1):
        await owner.execute(_FILL, events, _MIDDLE + timedelta(hours=hour), VISITORS, PAGES)
    await owner.execute(_SESSIONS)
    await owner.execute("VACUUM ANALYZE")
    await owner.execute("INSERT INTO analytics.unique_due (project_id, hour) VALUES ('shop', $1)", _MIDDLE)
    worker = await open_connection(dsn, "gooddata_worker")
    await worker.execute(SETTINGS)
    await use_milliseconds(worker)
    await owner.execute("CHECKPOINT")

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before, own, started = cpu_seconds(postgres.pid), time.process_time(), time.perf_counter()
    assert await count_day(worker, "shop", int(_DAY.timestamp() * 1_000), _AT_ONCE) == 1
    seconds, own = time.perf_counter() - started, time.process_time() - own
    database = sum(cpu_seconds(postgres.pid).values()) - sum(before.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory

    size = await owner.fetchrow(
        "SELECT count(*) AS cells, sum(length(sketch)) AS bytes, max(length(sketch)) AS largest"
        " FROM analytics.unique_hour"
    )
    told = await owner.fetchval("SELECT visitors FROM analytics.unique_hour WHERE dimension = ''")
    there = await owner.fetchval("SELECT count(DISTINCT visitor) FROM analytics.event WHERE timestamp >= $1 "
                                 "AND timestamp < $1::timestamptz + interval '1 hour'", _MIDDLE)  # fmt: skip
    await owner.execute(_COPY_HOURS, _MIDDLE)
    await owner.execute(_COPY_DAYS, _DAY)
    last = _MIDDLE + timedelta(hours=1)
    await owner.execute("INSERT INTO analytics.unique_due (project_id, hour) VALUES ('shop', $1)", last)
    await owner.execute("VACUUM ANALYZE")
    pool = await open_pool(dsn, "gooddata_dashboard", size=1)
    month = Period(last - timedelta(days=30), last + timedelta(minutes=59))
    running = Period(last, last + timedelta(hours=1))
    pages = [f"/page/{number}" for number in range(10)]
    report = {
        "events": events,
        "seconds": round(seconds, 2),
        "cpu_us_per_event": {
            "worker": round(own / events * 1e6, 2),
            "postgres": round(database / events * 1e6, 2),
        },
        "memory_mb": round(memory / 1_024, 1),
        "cells": size["cells"],
        "sketches_kb": round(size["bytes"] / 1_000),
        "largest_sketch_kb": round(size["largest"] / 1_000, 1),
        "visitors": there,
        "visitors_by_sketch": told,
        "answers_ms": {
            "visitors of the running hour": await _timed(lambda: count_visitors(pool, "shop", running)),
            "visitors of 30 days and a running hour": await _timed(lambda: count_visitors(pool, "shop", month)),
            "ten pages' of the running hour": await _timed(
                lambda: visitors_by_value(pool, "shop", running, "page", pages)
            ),
            "ten pages' of 30 days and a running hour": await _timed(
                lambda: visitors_by_value(pool, "shop", month, "page", pages)
            ),
        },
    }
    pool.terminate()
    await worker.close()
    await owner.close()
    return report


async def _timed(ask: Callable[[], Awaitable[Any]]) -> float:
    """The median of five, in milliseconds."""
    took = []
    for _ in range(5):
        started = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - started)
    return round(sorted(took)[2] * 1e3, 1)


def main() -> None:
    sizes = [int(each) for each in sys.argv[1:]] or [100_000, 1_000_000]
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place, postgres_of(Path(place)) as postgres:
        hours = [asyncio.run(_measure(postgres, events)) for events in sizes]
    print(
        msgspec.json.format(msgspec.json.encode({"bench": "uniques", "cores": os.cpu_count(), "hours": hours})).decode()
    )


if __name__ == "__main__":
    main()
