import asyncio
import time
from collections import Counter, defaultdict
from typing import Any

import pytest

from gooddata import client as client_module
from gooddata.client import ApiError, Client
from gooddata.replay.shoppers import live
from gooddata.replay.shoppers.live import play
from gooddata.replay.shoppers.shop import Shop
from gooddata.replay.shoppers.visit import Moment, Visit


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def three_moments() -> Visit:
    events = [{"id": str(number), "type": "page", "visitor": "v"} for number in range(3)]
    return Visit({"simulated": True}, [Moment(at, event) for at, event in zip((0, 50, 600), events, strict=True)])


async def test_shoppers_come_at_random_and_are_labelled(api: Any, shop: Shop) -> None:
    task = asyncio.create_task(live(url=api.url, key="write", shop=shop, every=0.01, seed=1))
    await api.until(lambda: len({event["visitor"] for event in api.events}) >= 20)
    await stopped(task)
    assert all(event["context"]["simulated"] is True for event in api.events)
    assert not any(api.imported)
    assert all(abs(event["timestamp"] - time.time() * 1_000) < 20_000 for event in api.events)


async def test_no_more_than_so_many_at_a_time(api: Any, shop: Shop) -> None:
    task = asyncio.create_task(live(url=api.url, key="write", shop=shop, every=0.001, at_most=3, seed=1))
    await asyncio.sleep(0.7)
    await stopped(task)
    assert 1 <= len({event["visitor"] for event in api.events}) <= 5


async def test_moments_are_sent_when_their_time_has_come(api: Any) -> None:
    async with Client(api.url, "write") as client:
        started = time.time() * 1_000
        await play(client, three_moments())
    assert [len(batch["batch"]) for batch in api.batches] == [2, 1]
    times = [event["timestamp"] - started for event in api.events]
    assert times == pytest.approx([0, 50, 600], abs=30)


async def test_what_happened_while_the_api_was_away_is_sent_once_it_is_back(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_FIRST_PAUSE", 0.05)
    api.status = 503
    async with Client(api.url, "write") as client:
        playing = asyncio.create_task(play(client, three_moments()))
        await asyncio.sleep(1.0)
        assert not api.events
        api.status = 200
        await playing
    assert [event["id"] for event in api.events] == ["0", "1", "2"]
    assert api.events[2]["timestamp"] - api.events[0]["timestamp"] == 600


async def test_a_refused_key_is_raised_as_it_is(api: Any, shop: Shop) -> None:
    api.status = 401
    with pytest.raises(ApiError, match="told to refuse"):
        await asyncio.wait_for(live(url=api.url, key="wrong", shop=shop, every=0.01), 5.0)


async def test_a_shoppers_events_are_in_order(api: Any, shop: Shop) -> None:
    task = asyncio.create_task(live(url=api.url, key="write", shop=shop, every=0.02, seed=2))
    await api.until(lambda: len(api.events) >= 150)
    await stopped(task)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for event in api.events:
        seen[event["visitor"]].append(event["timestamp"])
    assert all(times == sorted(times) for times in seen.values())
    assert Counter(event["type"] for event in api.events)["page"] > 0
