"""All sessions are read again now and then; meanwhile and afterwards the same is answered, by the same rules."""

import asyncio

import pytest

from gooddata.intelligence.recommend import shelf as module
from gooddata.intelligence.recommend.shelf import Shelf
from gooddata.persistence.items import Item, put_items
from gooddata.recommending import Asked
from tests.integration.appended import append
from tests.integration.workbench import MINUTE, event, now, opened

ITEMS = 12


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        at = now() - 20 * MINUTE
        await append(
            made.raw,
            made.project,
            [
                event(at + step * 1_000, f"visitor {number}", "Product Viewed",
                      properties={"product_id": f"item {(number + step) % ITEMS}"})
                for number in range(60)
                for step in range(3)
            ],
        )  # fmt: skip
        made.start()
        await made.caught_up()
        await put_items(made.analytics, made.project, [Item("item 7", None, False)])
        yield made


async def test_while_and_after_all_is_read_again_nothing_is_missing_and_the_rules_hold(bench, monkeypatch):
    shelf = await Shelf.open(bench.databases.analytics_dsn)
    asked = Asked(number=1, project=bench.project, count=ITEMS - 2, items=["item 5"])
    await shelf.answer(asked)
    while (before := shelf.answer_now(asked)) is None:
        await asyncio.sleep(0.01)
    wanted = {f"item {number}" for number in range(ITEMS)} - {"item 5", "item 7"}
    assert {each.item for each in before.recommendations} == wanted

    monkeypatch.setattr(module, "RELOAD_SECONDS", 0.0)
    kept = shelf._kept[bench.project]
    for _ in range(3):
        former = kept.live
        refreshing = asyncio.create_task(shelf.refresh())
        while kept.live is former or kept.loading is not None:
            told = shelf.answer_now(asked)
            assert {each.item for each in told.recommendations} == wanted
            if refreshing.done():
                # What is at hand is refreshed while the other is being read.
                refreshing = asyncio.create_task(shelf.refresh())
            await asyncio.sleep(0)
        await refreshing
        told = shelf.answer_now(asked)
        assert {each.item for each in told.recommendations} == wanted
    shelf.close()
