"""What a person does in a real browser, with the engine on the page, is told by element and by field."""

import asyncio
import time

import httpx
import pytest

SOURCE = "behaviour-test"


@pytest.fixture
async def api(demo):
    headers = {"Authorization": f"Bearer {demo.announced['read_key']}"}
    async with httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=30) as client:
        yield client


async def test_a_button_clicked_in_rage_and_a_form_left_at_a_field_are_told(shop_page, demo, api):
    [product, *_] = (await api.get("/demo/catalog.json")).json()["products"]
    path = f"/demo/product/{product['slug']}"
    await shop_page.goto(f"{demo.url}{path}?utm_source={SOURCE}")
    await shop_page.wait_for_function("window.gooddata && window.gooddata.visitor && window.gooddata.visitor()")
    await shop_page.click("#add-to-cart", click_count=4, delay=20)
    await shop_page.click(".cart-link")
    await shop_page.click("a[href='/demo/checkout']")
    await shop_page.fill("#name", "Ada Nakamura")
    await shop_page.fill("#card", "4111111111111111")
    await shop_page.click(".brand")
    asked = {"filter": f"source=={SOURCE}", "from": int(time.time() * 1_000) - 600_000}
    for _ in range(200):
        answer = (await api.get("/api/behaviour", params=asked)).json()
        left = [form for form in answer["forms"]["rows"] if form["abandoned"]]
        if left and answer["clicks"]["rage"]:
            break
        await asyncio.sleep(0.1)
    [rage] = [row for row in answer["clicks"]["rows"] if row["rage"]]
    assert (rage["page"], rage["element"], rage["tag"], rage["rage"]) == (path, "button#add-to-cart", "button", 1)
    [form] = left
    assert (form["page"], form["form"], form["started"], form["submitted"]) == ("/demo/checkout", "form#checkout", 1, 0)
    assert form["left_at"] == [{"field": "input#card", "times": 1}]
