"""Visitors with habits: some come every few days until they are gone for good, some once."""

import uuid

import numpy as np

from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.returns.visits import Visit, Visitor

NOW = 20_700 * DAY_MS


def visit(at, pages=3, goals=0, revenue=0.0, **fields):
    given = {"clicks": 2, "engaged_ms": 30_000, "source": "google", "device": "desktop"} | fields
    return Visit(int(at), int(at) + 10 * 60_000, pages, goals=goals, revenue=revenue, **given)


def everybody(count=600, seed=3, now=NOW, days=270, noise=False):
    """A third come every three days or so, a third every three weeks, a third once; each may be gone for good after
    any visit. With `noise` whether somebody comes again hangs on nothing."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        gap = (3.0, 21.0, 0.0)[number % 3] if not noise else 15.0
        at = now - days * DAY_MS + rng.random() * days * DAY_MS
        visits = []
        while at < now:
            goals = int(rng.random() < 0.1)
            visits.append(visit(at, 1 + int(rng.integers(0, 6)), goals, 20.0 * goals))
            if not noise and (not gap or rng.random() < 0.03):
                break
            at += HOUR_MS + rng.exponential(gap) * DAY_MS
        if visits:
            found.append(Visitor(uuid.UUID(int=seed * 1_000_000 + number), visits))
    return found
