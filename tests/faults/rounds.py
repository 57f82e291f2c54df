"""Rounds of faults under load. A seed deals which, in what order and for how long, so that a round can be repeated."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

from tests.faults.cluster import Cluster
from tests.faults.harm import HARMS
from tests.faults.load import Load
from tests.faults.truth import lag_is_gone, wrong

AT_A_ROUND = 3


def dealt(seed: int, rounds: int) -> list[list[str]]:
    """Which faults each round has: all of them come in turn, in ever other orders."""
    chance = random.Random(seed)
    deck: list[str] = []
    found = []
    for _ in range(rounds):
        hand: list[str] = []
        while len(hand) < AT_A_ROUND:
            if not deck:
                deck = chance.sample(list(HARMS), len(HARMS))
            # No round has the same twice.
            hand.append(deck.pop(next(place for place, each in enumerate(deck) if each not in hand)))
        found.append(hand)
    return found


async def play(cluster: Cluster, seed: str, faults: Sequence[str], apart: float = 2.5) -> dict[str, Any]:
    """One round: senders send, faults begin `apart` seconds from each other at most, and so overlap; then all is
    healed, what was sent gets its answer, and what must be true is looked for."""
    chance = random.Random(seed)
    shop = await cluster.project()
    load = Load(cluster.urls, shop.write_key, random.Random(f"{seed} load"))
    sending = asyncio.create_task(load.run())
    began, restarts = time.monotonic(), cluster.restarts
    harms = []
    try:
        for fault in faults:
            await asyncio.sleep(chance.uniform(0.3, apart))
            # Each has a chance of its own, so that what one makes of it does not change the others.
            harms.append(asyncio.create_task(HARMS[fault](cluster, random.Random(f"{seed} {fault}"))))
        await asyncio.gather(*harms)
        await asyncio.sleep(1.0)
        load.stopped = True
        await asyncio.wait_for(sending, 90)
    finally:
        load.stopped = True
        sending.cancel()
    healed = time.monotonic()
    rest = await lag_is_gone(cluster)
    return {
        "faults": list(faults),
        "seconds": round(healed - began, 1),
        "sent": len(load.sent),
        "acknowledged": len(load.acknowledged),
        "spooled": load.spooled,
        "requests_unanswered_events": load.unanswered.good,
        "processes_started_again": cluster.restarts - restarts,
        "seconds_to_rest": round(rest, 2),
        "wrong": await wrong(cluster, shop.project, load),
    }
