"""Visits of four kinds of visitors."""

import random
import uuid

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.segments.visits import Visit

NOW = 1_795_132_800_000

# sessions, pages, clicks, engaged seconds, share that buy, source, device
KINDS = {
    "readers": (4, 6, 2, 300, 0.0, None, "mobile"),
    "hasty": (1, 1, 0, 3, 0.0, "google", "desktop"),
    "buyers": (2, 9, 8, 150, 1.0, "newsletter", "desktop"),
    "social": (1, 2, 0, 20, 0.0, "facebook", "mobile"),
}


def who(kind, number):
    return UUID(uuid.uuid5(uuid.NAMESPACE_DNS, f"{kind} {number}").bytes)


def visits(kind, number, seed=1, now=NOW):
    """Of `number` visitors of a kind, in the 27 days before `now`."""
    rng = random.Random(f"{kind} {seed}")
    sessions, pages, clicks, seconds, buy, source, device = KINDS[kind]

    def about(value):
        return value * rng.uniform(0.6, 1.4)

    def visit(visitor):
        at = int(now - HOUR_MS - rng.random() * 26 * DAY_MS)
        seen, clicked, engaged = max(1, round(about(pages))), round(about(clicks)), round(about(seconds * 1_000))
        bought = rng.random() < buy
        last_at = at + seconds * 1_000
        return Visit(
            visitor, at, last_at, seen, clicked, engaged, int(bought), 40.0 * bought, pages // 3, source, device
        )

    return [visit(who(kind, each)) for each in range(number) for _ in range(max(1, round(about(sessions))))]


def everybody(each=120, seed=1, now=NOW):
    return [visit for kind in KINDS for visit in visits(kind, each, seed, now)]
