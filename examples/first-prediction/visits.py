"""Writes a past for a site that has none: 600 invented visits of the last two weeks, one event a line.

    python examples/first-prediction/visits.py > visits.ndjson
    gooddata replay visits.ndjson --format ndjson --project my-site

Every event says that it is simulated, and so does whatever a model learns from it (`trained_on`). Who reads more pages,
and the prices among them, is likelier to sign up in the end; the rest is chance.
"""

import json
import random
import time
import uuid

VISITS = 600
DAYS = 14
PAGES = ("/", "/features", "/pricing", "/blog", "/docs")
WHILE_STILL_HERE_MS = 3_600_000  # a visit counts as ended half an hour after its last event


def main() -> None:
    chance = random.Random(1)
    end = int(time.time() * 1_000) - WHILE_STILL_HERE_MS
    for _ in range(VISITS):
        begin = end - chance.randrange(DAYS * 86_400_000)
        for event in visit(chance, begin):
            print(json.dumps(event))


def visit(chance: random.Random, at: int) -> list[dict[str, object]]:
    visitor = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    wants_it = chance.random()
    seen = [chance.choice(PAGES) for _ in range(1 + int(wants_it * 5))]
    events = []
    for path in seen:
        events.append(told(visitor, at, {"type": "page"}, path))
        at += chance.randrange(5_000, 60_000)
    if chance.random() < (0.7 if len(seen) > 2 and "/pricing" in seen else 0.03):
        events.append(told(visitor, at, {"type": "track", "name": "Signed up"}, seen[-1]))
    return events


def told(visitor: str, at: int, event: dict[str, object], path: str) -> dict[str, object]:
    return event | {"visitor": visitor, "timestamp": at, "context": {"simulated": True, "page": {"path": path}}}


if __name__ == "__main__":
    main()
