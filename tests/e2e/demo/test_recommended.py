"""The demo shop in a real browser: what the server recommends stands on the page, and moves with the visitor."""

import asyncio
import re
import time

import httpx


async def shelf(page):
    """The products on the shelf that the server fills, once it has."""
    await page.wait_for_selector("[data-recommended='next']", timeout=20_000)
    links = page.locator("[data-recommended] .tile-link")
    return [await links.nth(each).get_attribute("href") for each in range(await links.count())]


async def test_what_is_recommended_stands_on_the_page_and_follows_what_was_seen(shop_page, demo):
    page = shop_page
    since = int(time.time() * 1_000)
    async with httpx.AsyncClient(base_url=demo.url, timeout=30) as http:
        # The shop's past is being sent: until its products are known there is nothing to recommend.
        asked = {"key": demo.announced["write_key"], "items": "tea-101", "count": 4}
        for _ in range(60):
            told = (await http.get("/v1/recommendations", params=asked)).json()
            if told.get("known") and len(told["recommendations"]) == 4:
                break
            await asyncio.sleep(0.5)
        else:
            raise AssertionError(f"nothing is recommended: {told}")
    await page.goto(f"{demo.url}/demo/product/spring-sencha")
    first = await shelf(page)
    assert len(set(first)) == 4 and "/demo/product/spring-sencha" not in first
    assert await page.locator("[data-recommended] h2").inner_text() == "Chosen for you"

    await page.locator("[data-recommended] .tile-link").first.click()
    await page.wait_for_url(re.compile(re.escape(first[0])))
    second = await shelf(page)
    assert first[0] not in second, "what is being looked at is not recommended"

    # What was put into the cart is left out.
    await page.locator("[data-recommended] .quick-add").first.click()
    await page.reload()
    assert second[0] not in await shelf(page)

    # Each product on the shelf was counted by itself, and so were the two that were taken up.
    await page.evaluate("gooddata.flush()")
    headers = {"Authorization": f"Bearer {demo.announced['read_key']}"}
    async with httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=30) as http:
        for _ in range(100):
            told = (await http.get("/api/feedback/items", params={"from": since, "sort": "clicked"})).json()
            if len(told["items"]) >= 4 and sum(each["clicked"] for each in told["items"]) >= 2:
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError(told)
