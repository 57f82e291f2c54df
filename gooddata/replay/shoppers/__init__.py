"""Simulated shoppers for the demo shop, labelled as simulated in every event.

`backfill` gives the shop a past, `live` a present. Both walk the shop's catalogue through the HTTP API; whether a
shopper buys hangs on a hidden will and on chance, so that there is something to learn, and not everything.
"""

from gooddata.replay.shoppers.backfill import backfill
from gooddata.replay.shoppers.demo import run_shoppers
from gooddata.replay.shoppers.live import live

__all__ = ["backfill", "live", "run_shoppers"]
