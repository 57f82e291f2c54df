"""What the RetailRocket log must lead to, counted in plain Python, and what the databases hold of it."""

import asyncio
import csv
import lzma

import asyncpg

from gooddata.persistence.pseudonym import Pseudonyms

GAP_MS, LONGEST_MS = 30 * 60_000, 24 * 3_600_000


def rows_of(path):
    with lzma.open(path, "rt") as file:
        return list(csv.DictReader(file))


def plain_sessions(rows, product, project="default"):
    """Sessions by the rule as one would write it down: (visitor's pseudonym, events, start, end), times in epoch ms."""
    pseudonyms = Pseudonyms((product.data / "secret").read_bytes().strip())
    by_visitor = {}
    for row in rows:
        by_visitor.setdefault(row["visitorid"], []).append(int(row["timestamp"]))
    sessions = []
    for visitor, times in by_visitor.items():
        who = str(pseudonyms.visitor(project, visitor))
        times.sort()
        current = []
        for at in times:
            if current and (at - current[-1] > GAP_MS or at - current[0] > LONGEST_MS):
                sessions.append((who, len(current), current[0], current[-1]))
                current = []
            current.append(at)
        sessions.append((who, len(current), current[0], current[-1]))
    return sorted(sessions)


async def all_applied(client):
    """Waits until the workers have applied every batch."""
    for _ in range(600):
        if (await client.get("/api/live")).json()["lag_ms"] == 0:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the workers never caught up")


async def counts(product):
    raw = await asyncpg.connect(product.announced["raw_dsn"])
    analytics = await asyncpg.connect(product.announced["analytics_dsn"])
    try:
        return {
            "stored": await raw.fetchval("SELECT count(*) FROM raw.events"),
            "ids": await raw.fetchval("SELECT count(DISTINCT id) FROM raw.events"),
            "events": await analytics.fetchval("SELECT count(*) FROM analytics.event"),
            "sessions": sorted(
                tuple(row)
                for row in await analytics.fetch(
                    """SELECT visitor::text, events, (extract(epoch FROM started_at) * 1000)::bigint,
                              (extract(epoch FROM last_at) * 1000)::bigint
                       FROM analytics.session ORDER BY 1, 2, 3, 4"""
                )
            ),
            "rollup": [
                tuple(row)
                for row in await analytics.fetch(
                    "SELECT * FROM analytics.rollup_minute ORDER BY dimension, minute, value"
                )
            ],
        }
    finally:
        await raw.close()
        await analytics.close()
