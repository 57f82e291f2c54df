"""A past for the demo shop: the visits of some days, sent at once through the import scope."""

import asyncio
import time
from collections.abc import Iterator
from random import Random

from gooddata.client import ApiError, Client
from gooddata.replay.report import Report
from gooddata.replay.shoppers.crowd import Crowd
from gooddata.replay.shoppers.rhythm import arrival_times
from gooddata.replay.shoppers.shop import Shop, open_shop
from gooddata.replay.shoppers.visit import Visit, simulate_visit

_CONNECTIONS = 8
_PATIENCE = 120.0


async def backfill(
    *,
    url: str,
    key: str,
    shop: Shop | None = None,
    sessions: int = 1_000,
    days: float = 7.0,
    seed: int = 1,
    now: int | None = None,
) -> Report:
    """Send `sessions` finished visits of the `days` before `now` (epoch milliseconds); `key` is a read key.

    The same seed and `now` make the same visits under the same ids. One visit is one request.
    Raises ApiError when the API refuses, or cannot be reached for two minutes.
    """
    report = Report()
    started = time.monotonic()
    visits = past_visits(shop or open_shop(), sessions, days, seed, now or time.time_ns() // 1_000_000)

    async def send_next(client: Client) -> None:
        for start, visit in visits:
            events = [{**moment.event, "timestamp": start + moment.at} for moment in visit.moments]
            for event in events:
                report.add_row(event["timestamp"])
            report.add_receipt(await client.send(events, context=visit.context, imported=True))

    refusal: BaseException | None = None
    try:
        async with (
            Client(url, key, patience=_PATIENCE, connections=_CONNECTIONS) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(_CONNECTIONS):
                group.create_task(send_next(client))
    except* ApiError as refusals:
        refusal = refusals.exceptions[0]
    if refusal:
        raise refusal
    report.took(time.monotonic() - started)
    return report


def past_visits(shop: Shop, sessions: int, days: float, seed: int, now: int) -> Iterator[tuple[int, Visit]]:
    """Visits with the time at which each began, nearly in order; all are over by `now`."""
    rng = Random(seed)
    crowd = Crowd(rng)
    for number, at in enumerate(arrival_times(rng, now, days, sessions)):
        visit = simulate_visit(Random(f"{seed}/{number}"), shop, crowd.arrive(at))
        yield min(at, now - visit.moments[-1].at - 1), visit
