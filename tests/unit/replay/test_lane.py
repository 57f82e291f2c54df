import asyncio
from typing import Any

import pytest

from gooddata.client import ApiError, Client, encode
from gooddata.replay import lane as lane_module
from gooddata.replay.lane import Lane
from gooddata.replay.report import Report


def event(number: int, **more: Any) -> bytes:
    return encode({"id": str(number), "type": "page", "visitor": "v", "timestamp": number, **more})


async def send_all(api: Any, events: list[bytes], batch_size: int) -> Report:
    report = Report()
    async with Client(api.url, "key", patience=0.0) as client, asyncio.TaskGroup() as group:
        lane = Lane(client, report, batch_size, {"library": {"name": "test"}})
        group.create_task(lane.run(asyncio.Event()))
        for one in events:
            await lane.put(one)
        await lane.close()
    return report


async def test_full_batches_in_order_and_the_rest_at_the_end(api: Any) -> None:
    report = await send_all(api, [event(number) for number in range(25)], batch_size=10)
    assert [len(batch["batch"]) for batch in api.batches] == [10, 10, 5]
    assert [sent["id"] for sent in api.events] == [str(number) for number in range(25)]
    assert api.batches[0]["context"] == {"library": {"name": "test"}}
    assert report.accepted == 25
    assert all(api.imported)


async def test_a_batch_fits_into_a_request(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "_ROOM_FOR_EVENTS", 2_000)
    await send_all(api, [event(number, properties={"text": "x" * 500}) for number in range(10)], batch_size=1_000)
    assert [len(batch["batch"]) for batch in api.batches] == [3, 3, 3, 1]


async def test_what_is_too_large_is_halved_until_it_is_taken(api: Any) -> None:
    api.most_events = 3
    report = await send_all(api, [event(number) for number in range(10)], batch_size=10)
    assert [sent["id"] for sent in api.events] == [str(number) for number in range(10)]
    assert report.accepted == 10 and not report.rejected


async def test_one_event_that_is_too_large_is_counted_and_the_others_are_sent(api: Any) -> None:
    api.most_events = 0
    report = await send_all(api, [event(number) for number in range(5)], batch_size=5)
    assert report.rejected == {"batch_too_large": 5}
    assert report.sent == 5


async def test_a_refusal_ends_the_lane(api: Any) -> None:
    api.status = 401
    with pytest.raises(ExceptionGroup) as failures:
        await send_all(api, [event(1)], batch_size=1)
    assert isinstance(failures.value.exceptions[0], ApiError)


async def test_a_slow_api_holds_the_reader_back(api: Any) -> None:
    api.delay = 0.02
    report = Report()
    ahead = 0
    async with Client(api.url, "key") as client, asyncio.TaskGroup() as group:
        lane = Lane(client, report, 1, {})
        group.create_task(lane.run(asyncio.Event()))
        for number in range(20):
            await lane.put(event(number))
            ahead = max(ahead, number + 1 - len(api.batches))
        await lane.close()
    assert ahead <= 6
    assert report.accepted == 20
