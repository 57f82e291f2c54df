import asyncio
from typing import Any

import pytest

from gooddata.replay.shoppers import demo
from gooddata.replay.shoppers.shop import Shop


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    monkeypatch.setattr(demo, "open_shop", lambda: shop)


async def first_requests(api: Any, imported: bool) -> None:
    task = asyncio.create_task(demo.run_shoppers(api.url, "write", "read", seed=1))
    await api.until(lambda: imported in api.imported)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_shop_without_a_past_gets_one(api: Any) -> None:
    await first_requests(api, imported=True)
    assert api.events


async def test_a_shop_with_a_past_keeps_it(api: Any) -> None:
    api.overview = {"sessions": 12}
    await first_requests(api, imported=False)
    assert True not in api.imported
