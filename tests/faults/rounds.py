"""Rounds of faults under load. A seed deals which, in what order and for how long, so that a round can be repeated."""

import asyncio
import random
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tests.faults.harms.harm import Harm, effect_of
from tests.faults.load import Load
from tests.faults.site import Site
from tests.faults.truth import lag_is_gone, wrong

AT_A_ROUND = 3


def dealt(faults: Collection[str], seed: int, rounds: int, at_a_round: int = AT_A_ROUND) -> list[list[str]]:
    """Which faults each round has: all of them come in turn, in ever other orders."""
    chance = random.Random(seed)
    deck: list[str] = []
    found = []
    for _ in range(rounds):
        hand: list[str] = []
        while len(hand) < at_a_round:
            if not deck:
                deck = chance.sample(list(faults), len(faults))
            # No round has the same twice.
            hand.append(deck.pop(next(place for place, each in enumerate(deck) if each not in hand)))
        found.append(hand)
    return found


async def play(
    site: Site, seed: str, faults: Sequence[str], harms: Mapping[str, Harm], apart: float = 2.5, pause: float = 0.03
) -> dict[str, Any]:
    """One round: senders send, faults begin `apart` seconds from each other at most, and so overlap; then all is
    healed, what was sent gets its answer, and what must be true is looked for."""
    chance = random.Random(seed)
    started = time.monotonic()
    shop = await site.project()
    load = Load(site.urls, shop.write_key, random.Random(f"{seed} load"), pause)
    site.shop, site.load = shop, load
    sending = asyncio.create_task(load.run())
    began, restarts = time.monotonic(), site.restarts
    harming = []
    try:
        # From now on its key is known to those that senders send to.
        await load.acknowledged_by_all()
        for fault in faults:
            await asyncio.sleep(chance.uniform(0.1, apart))
            # Each has a chance of its own, so that what one makes of it does not change the others.
            harming.append(asyncio.create_task(harms[fault](site, random.Random(f"{seed} {fault}"))))
        effects = await asyncio.gather(*harming)
        await asyncio.sleep(0.5)
        load.stopped = True
        await asyncio.wait_for(sending, 90)
    finally:
        load.stopped = True
        sending.cancel()
        for task in harming:
            task.cancel()
    healed = time.monotonic()
    rest = await lag_is_gone(site)
    found = await wrong(site, shop, load)
    found["wrong"] += await site.needs_a_hand(shop, found)
    return {
        "faults": {fault: await effect_of(effect) for fault, effect in zip(faults, effects, strict=True)},
        "seconds": round(healed - began, 1),
        "seconds_in_all": round(time.monotonic() - started, 1),
        "sent": len(load.sent),
        "acknowledged": len(load.acknowledged),
        "spooled": load.spooled,
        "refused_requests": sum(load.refusals.values()),
        "requests_unanswered_events": load.unanswered.good,
        "processes_started_again": site.restarts - restarts,
        "seconds_to_rest": round(rest, 2),
        **found,
    }
