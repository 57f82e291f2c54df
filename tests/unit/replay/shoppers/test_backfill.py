import time
from typing import Any

import pytest

from gooddata.client import ApiError
from gooddata.replay.shoppers import backfill
from gooddata.replay.shoppers.shop import Shop

NOW = 1_767_225_600_000
DAY = 86_400_000


async def test_sends_finished_visits_of_the_past_days_as_an_import(api: Any, shop: Shop) -> None:
    report = await backfill(url=api.url, key="read", shop=shop, sessions=120, days=7.0, now=NOW)
    assert report.accepted == report.sent == report.rows == len(api.events)
    assert all(api.imported)
    assert len({event["session"] for event in api.events}) == 120
    assert len({event["visitor"] for event in api.events}) < 120, "some came back"
    assert all(event["context"]["simulated"] is True for event in api.events)
    times = [event["timestamp"] for event in api.events]
    assert min(times) > NOW - 8 * DAY
    assert max(times) < NOW


async def test_one_request_is_one_visit(api: Any, shop: Shop) -> None:
    await backfill(url=api.url, key="read", shop=shop, sessions=30, now=NOW)
    assert [len({event["session"] for event in batch["batch"]}) for batch in api.batches] == [1] * 30


async def test_the_same_seed_makes_the_same_past(api: Any, shop: Shop) -> None:
    first = await backfill(url=api.url, key="read", shop=shop, sessions=40, seed=3, now=NOW)
    again = await backfill(url=api.url, key="read", shop=shop, sessions=40, seed=3, now=NOW)
    other = await backfill(url=api.url, key="read", shop=shop, sessions=40, seed=4, now=NOW)
    assert (first.duplicate, again.accepted, other.duplicate) == (0, 0, 0)


async def test_a_refusal_is_raised_as_it_is(api: Any, shop: Shop) -> None:
    api.status = 401
    started = time.monotonic()
    with pytest.raises(ApiError, match="told to refuse"):
        await backfill(url=api.url, key="wrong", shop=shop, sessions=5)
    assert time.monotonic() - started < 5.0
