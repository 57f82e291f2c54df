"""What `gooddata up --demo` runs: a past for the shop where it has none, then shoppers until it stops."""

import math
import time

from gooddata.client import Client
from gooddata.replay.shoppers.backfill import backfill
from gooddata.replay.shoppers.live import live
from gooddata.replay.shoppers.shop import open_shop

_DAYS = 7.0
_HOUR_MS = 3_600_000


async def run_shoppers(url: str, write_key: str, read_key: str, *, seed: int) -> None:
    """Runs until cancelled. `seed` decides the past; the present is never the same twice.

    Waits for an API that is not there yet. Raises ApiError when it refuses a key.
    """
    shop = open_shop()
    now = time.time_ns() // 1_000_000
    before = {"from_": now - round(_DAYS * 24 * _HOUR_MS), "to": now - _HOUR_MS}
    async with Client(url, read_key, patience=math.inf) as client:
        past = await client.overview(**before)
    if not past["sessions"]:
        await backfill(url=url, key=read_key, shop=shop, days=_DAYS, seed=seed, now=now)
    await live(url=url, key=write_key, shop=shop)
