"""Writes a past for a site that has none: 600 invented visits of the last two weeks, one event a line.

    python examples/first-prediction/visits.py > visits.ndjson
    gooddata replay visits.ndjson --format ndjson --project my-site

Every event says that it is simulated, and so does whatever a model learns from it (`trained_on`). Who has searched for
the site takes time to read, and is likely to sign up in the end; who follows a link elsewhere mostly is not.
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
    is_looking = chance.random() < 0.5
    referrer = "https://www.google.com/" if is_looking else "https://www.facebook.com/"
    events = []
    for _ in range(chance.randrange(2, 6) if is_looking else chance.randrange(1, 4)):
        events.append(told(visitor, at, {"type": "page"}, chance.choice(PAGES), referrer))
        at += chance.randrange(20_000, 60_000) if is_looking else chance.randrange(2_000, 15_000)
        referrer = "https://my-site.example/"
    if chance.random() < (0.6 if is_looking else 0.03):
        events.append(told(visitor, at, {"type": "track", "name": "Signed up"}, "/pricing", referrer))
    return events


def told(visitor: str, at: int, event: dict[str, object], path: str, referrer: str) -> dict[str, object]:
    page = {"path": path, "url": f"https://my-site.example{path}", "referrer": referrer}
    return event | {"visitor": visitor, "timestamp": at, "context": {"simulated": True, "page": page}}


if __name__ == "__main__":
    main()
