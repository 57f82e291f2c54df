"""Every page of the dashboard, in both themes, on a screen and on a phone: nothing fails, nothing sticks out, and the
rules of accessibility that a program can check hold."""

import gzip
import re

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.page_walk import LOOKS, settled, signed_in_at, violations, walk

MOST_JAVASCRIPT = 150_000


@pytest.fixture(scope="module")
async def signed_in(browser, demo):
    return await signed_in_at(browser, demo)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
@pytest.mark.timeout(120)
async def test_every_page_can_be_used_by_everybody(browser, demo, signed_in, theme, size):
    assert len(await walk(browser, demo, signed_in, theme, size)) >= 10


async def test_pages_are_gone_through_by_keyboard(browser, demo, signed_in):
    context = await browser.new_context(base_url=demo.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/?range=7d&filter=device==mobile")
    await settled(page)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the page"
    await page.get_by_role("link", name="Funnels").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Funnels", level=1).wait_for()
    # What was asked goes along, and who goes there is there.
    assert "filter=device" in page.url and "range=7d" in page.url and "/funnels" in page.url
    assert await page.evaluate("document.activeElement.textContent") == "Funnels"
    await page.go_back()
    await page.get_by_role("heading", name="Overview", level=1).wait_for()
    await context.close()


async def test_a_row_becomes_a_filter_that_is_turned_round_and_taken_away(browser, demo, signed_in):
    context = await browser.new_context(base_url=demo.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/?range=7d")
    await settled(page)
    devices = page.get_by_role("region", name="Visits by")
    await devices.get_by_role("button", name="mobile").click()
    await expect(page.locator(".chip")).to_have_count(1)
    assert "filter=device%3D%3Dmobile" in page.url
    await devices.locator("tbody tr").nth(1).wait_for(state="detached", timeout=10_000)
    filters = page.get_by_role("region", name="Filters")
    await filters.get_by_role("button", name=re.compile("turn it round")).click()
    await devices.get_by_role("button", name="desktop").wait_for(timeout=10_000)
    await filters.get_by_role("button", name=re.compile("Take away")).click()
    await devices.get_by_role("button", name="mobile").wait_for(timeout=10_000)
    assert "filter" not in page.url
    await context.close()


async def test_filters_by_number_are_saved_as_a_segment(browser, demo, signed_in):
    context = await browser.new_context(base_url=demo.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/segments")
    await settled(page)
    filters = page.get_by_role("region", name="Filters")
    await filters.get_by_role("button", name="+ Filter").click()
    await filters.get_by_label("What to filter by").select_option("views")
    await filters.get_by_label("Value").fill("2")
    await filters.get_by_role("button", name="Add").click()
    await filters.get_by_role("button", name="page views at least 2: turn it round").wait_for()
    assert "filter=views%3E%3D2" in page.url
    await page.get_by_label("Name").fill("Readers")
    await page.get_by_role("button", name="Save these filters").click()
    saved = page.get_by_role("region", name="Saved segments")
    await expect(saved).to_contain_text("A session with page views at least 2, within 30 days.")
    # How many they are is told once it is worked out.
    await expect(saved).to_contain_text(re.compile(r"\d visitors?"))
    await saved.get_by_role("button", name="Delete Readers").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(saved).to_contain_text("No segment has been saved yet.")
    await context.close()


async def test_an_event_is_looked_into_down_to_one_value(browser, demo, signed_in):
    context = await browser.new_context(base_url=demo.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/events?range=7d")
    names = page.get_by_role("region", name="Events", exact=True)
    await names.get_by_role("button", name="Product Viewed").click()
    properties = page.get_by_role("region", name="Properties")
    await properties.get_by_role("button", name="category text").click()
    values = page.get_by_role("region", name="category")
    first = values.locator("tbody button").first
    value = await first.inner_text()
    await first.click()
    await expect(properties.get_by_role("list", name="Only events of which")).to_contain_text(value)
    await expect(values.locator("tbody tr")).to_have_count(1, timeout=10_000)
    await properties.get_by_role("button", name="value number").click()
    figures = page.get_by_role("region", name="value", exact=True)
    await figures.get_by_role("list", name="How value spreads").wait_for(timeout=10_000)
    # All of it is in the address.
    await page.reload()
    await figures.get_by_role("list", name="How value spreads").wait_for(timeout=10_000)
    await expect(properties.get_by_role("list", name="Only events of which")).to_contain_text(value)
    assert await violations(page) == []
    await properties.get_by_role("button", name=re.compile("Take away")).click()
    await expect(properties.get_by_role("list", name="Only events of which")).to_have_count(0)
    assert "where" not in page.url and "property=value" in page.url
    await context.close()


async def test_a_rule_is_changed_where_it_stands(browser, demo, signed_in):
    context = await browser.new_context(base_url=demo.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/alerts")
    await settled(page)
    await page.get_by_label("Name of the rule").fill("few")
    await page.get_by_role("button", name="Make the rule").click()
    edit = page.get_by_role("button", name="Edit few")
    await edit.click()
    form = page.get_by_role("region", name="Edit few")
    await expect(form.get_by_label("When")).to_be_focused()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await expect(edit).to_be_focused()
    await edit.click()
    await form.get_by_label("When").select_option("anomaly")
    await form.get_by_label("metric").select_option("errors")
    await form.get_by_label("Name of the rule").fill("odd")
    await form.get_by_role("button", name="Save the rule").click()
    rule = page.get_by_role("listitem").filter(has_text="odd")
    await expect(rule).to_contain_text("an anomaly of errors is found, of severity 0.8 or more, within 1 hour")
    await rule.get_by_role("button", name="Remove odd").click()
    await expect(rule).to_have_count(0)
    await context.close()


async def test_the_first_page_needs_little_javascript(demo):
    async with httpx.AsyncClient(base_url=demo.url) as client:
        seen, todo = {}, ["/"]
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            text = (await client.get(path)).text
            seen[path] = len(gzip.compress(text.encode())) if path.endswith(".js") else 0
            # What the first page loads at once: the document's scripts, and what these import.
            own = r'(?:src|href)="(/assets/[^"]+\.js)"' if path == "/" else r'from\s*"\./([^"]+\.js)"'
            todo += [each if each.startswith("/") else f"/assets/{each}" for each in re.findall(own, text)]
    assert 0 < sum(seen.values()) < MOST_JAVASCRIPT
