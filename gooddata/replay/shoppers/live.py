"""Shoppers who walk the demo shop now, as browsers would report them, until they are told to go home."""

import asyncio
import math
import time
from random import Random

from gooddata.client import ApiError, Client
from gooddata.replay.shoppers.crowd import Crowd
from gooddata.replay.shoppers.shop import Shop, open_shop
from gooddata.replay.shoppers.visit import Visit, simulate_visit

FLUSH_AGE = 0.15
"""Seconds for which the first event of a batch waits for others, as in the engine."""
_CONNECTIONS = 4


async def live(
    *,
    url: str,
    key: str,
    shop: Shop | None = None,
    every: float = 2.2,
    at_most: int = 60,
    seed: int | None = None,
) -> None:
    """Let a new visit begin every `every` seconds on average, at random, `at_most` at a time; `key` is a write key.

    Runs until cancelled. While the API is away, shoppers keep what they did and send it, under the same ids, once it is
    back. Raises ApiError when the API refuses what they send.
    """
    shop = shop or open_shop()
    rng = Random(seed)
    crowd = Crowd(rng)
    room = asyncio.Semaphore(at_most)

    async def walk(client: Client, visit: Visit) -> None:
        try:
            await play(client, visit)
        finally:
            room.release()

    refusal: BaseException | None = None
    try:
        async with (
            Client(url, key, patience=math.inf, connections=_CONNECTIONS) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                await room.acquire()
                visit = simulate_visit(Random(rng.getrandbits(64)), shop, crowd.arrive(_now()))
                group.create_task(walk(client, visit))
                await asyncio.sleep(rng.expovariate(1 / every))
    except* ApiError as refusals:
        refusal = refusals.exceptions[0]
    if refusal:
        raise refusal


async def play(client: Client, visit: Visit) -> None:
    """Send every moment of the visit when its time has come, with what has come due by then."""
    started = _now()
    waiting = visit.moments
    while waiting:
        await asyncio.sleep((started + waiting[0].at - _now()) / 1_000 + FLUSH_AGE)
        passed = _now() - started
        due = [moment for moment in waiting if moment.at <= passed]
        waiting = waiting[len(due) :]
        events = [{**moment.event, "timestamp": started + moment.at} for moment in due]
        await client.send(events, context=visit.context)


def _now() -> int:
    return time.time_ns() // 1_000_000
