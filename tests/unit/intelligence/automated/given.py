"""Visits of people with the engine, and of programs."""

import random
import uuid

from asyncpg.pgproto.pgproto import UUID

from bench.made_sessions import watched
from tests.unit.intelligence.given import DAY, HOUR, MINUTE, START, a_fact


def who(number):
    return UUID(uuid.UUID(int=number + 1).bytes)


def event_id(rng):
    return UUID(rng.randbytes(16))


def visit(rng, visitor, at, pages, pace, signs, source=None, path="/p/{}"):
    """Page views `pace` ms apart on the average, with a sign of somebody after each, or without."""
    facts = []
    for place in range(pages):
        where = path.format(rng.randint(1, 30))
        fields = {"visitor": visitor, "path": where, "event_id": event_id(rng)}
        facts.append(a_fact(int(at), "page", source=source if place == 0 else None, **fields))
        if signs:
            fields["event_id"] = event_id(rng)
            facts.append(a_fact(int(at + pace * 0.4), name="$engagement", engaged_ms=900, scroll=40.0, **fields))
        at += pace * rng.uniform(0.3, 1.7)
    return facts


def people(number, seed=1):
    """One visit each, in three days."""
    rng = random.Random(seed)
    facts = []
    for each in range(number):
        at, source = START + rng.random() * 3 * DAY, rng.choice(["google", None, "bing"])
        facts += visit(rng, who(each), at, rng.randint(1, 6), 30_000, True, source)
    return facts


CRAWLER, MONITOR = who(9_000), who(9_001)


def crawler(visitor=CRAWLER, pages=60):
    return visit(random.Random(2), visitor, START + DAY, pages, 700, False)


def monitor(visitor=MONITOR):
    rng = random.Random(3)
    return [
        a_fact(START + DAY + n * HOUR, "page", path="/", visitor=visitor, event_id=event_id(rng)) for n in range(20)
    ]


__all__ = ["DAY", "HOUR", "MINUTE", "START", "a_fact", "crawler", "monitor", "people", "visit", "watched", "who"]
