"""What the browsers of many shoppers post at a steady rate: every batch with the moment at which it is due."""

import itertools
import random
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec

from gooddata.replay.shoppers.crowd import Crowd
from gooddata.replay.shoppers.live import FLUSH_AGE
from gooddata.replay.shoppers.shop import open_shop
from gooddata.replay.shoppers.visit import Visit, simulate_visit

VISITS = 2_000  # that are simulated, and walked again and again by other visitors
_FLUSH_MS = int(FLUSH_AGE * 1_000)

Key = tuple[int, str]  # an event's time (epoch ms) and id: what a session's newest event is told by


class Post(msgspec.Struct):
    """One request: `due` (ms after the beginning), whose, what is in it, and whether it is the visit's last."""

    due: int
    visitor: str
    body: bytes
    keys: list[Key]
    last: bool


def posts(rate: float, seconds: float, begin: int, seed: int = 1) -> list[Post]:
    """About `rate` events a second from `begin` (epoch ms) on for `seconds`, in the order in which they are due.

    Visits are under way from the first moment on. Browsers gather events for 0.15 s, as the engine does.
    """
    chance = random.Random(seed)
    crowd, shop = Crowd(chance), open_shop()
    made = [simulate_visit(random.Random(f"{seed}/{n}"), shop, crowd.arrive(begin)) for n in range(VISITS)]
    events = sum(len(visit.moments) for visit in made) / len(made)
    longest = max(visit.moments[-1].at for visit in made) + _FLUSH_MS
    count = int(rate / events * (seconds + longest / 1_000))
    until = int(seconds * 1_000)
    due: list[Post] = []
    for visit in itertools.islice(itertools.cycle(made), count):
        due += _of(visit, chance.randrange(-longest, until), until, begin, chance)
    return sorted(due, key=lambda post: post.due)


def _of(visit: Visit, start: int, until: int, begin: int, chance: random.Random) -> Iterator[Post]:
    """The posts of a visit that begins at `start`, as far as they are due from 0 to `until`."""
    who = {"visitor": _id(chance), "session": _id(chance)}
    waiting = visit.moments
    while waiting:
        due = start + waiting[0].at + _FLUSH_MS
        own = [moment for moment in waiting if start + moment.at <= due]
        waiting = waiting[len(own) :]
        if not 0 <= due < until:
            continue
        keys, batch = [], []
        for moment in own:
            at = begin + start + moment.at
            keys.append((at, _id(chance)))
            batch.append({**moment.event, **who, "id": keys[-1][1], "timestamp": at})
        body: dict[str, Any] = {"context": visit.context, "batch": batch}
        yield Post(due, who["visitor"], msgspec.json.encode(body), keys, not waiting)


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
