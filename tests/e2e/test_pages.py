"""Every page of the dashboard, in both themes, on a screen and on a phone: nothing fails, nothing sticks out, and the
rules of accessibility that a program can check hold."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (each) => `${each.id}: ${each.help} (${each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")})`)"""
SIZES = {"screen": (1280, 900), "phone": (390, 844)}
MOST_JAVASCRIPT = 150_000


@pytest.fixture(scope="module")
async def signed_in(browser, demo):
    """The state of a browser that an owner has signed in."""
    context = await browser.new_context()
    await (await context.new_page()).goto(demo.command("sign-in").strip())
    state = await context.storage_state()
    await context.close()
    return state


async def settled(page):
    """Everything has been answered."""
    await page.locator("main h1").wait_for(timeout=20_000)
    await expect(page.locator("main .skeleton")).to_have_count(0, timeout=20_000)


# Both themes and both sizes, each once: colours do not depend on the size, nor what sticks out on the theme.
@pytest.mark.parametrize(("theme", "size"), [("light", "screen"), ("dark", "phone")])
@pytest.mark.timeout(120)
async def test_every_page_can_be_used_by_everybody(browser, demo, signed_in, theme, size):
    width, height = SIZES[size]
    context = await browser.new_context(
        base_url=demo.url,
        storage_state=signed_in,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    await page.goto("/")
    await settled(page)
    links = page.get_by_role("navigation", name="Pages").locator("a")
    paths = [await link.get_attribute("href") for link in await links.all()]
    assert len(paths) >= 10
    for path in paths:
        await page.goto(path)
        await settled(page)
        title = await page.locator("h1").inner_text()
        await expect(page).to_have_title(re.compile(title))
        await page.evaluate(AXE)
        found = await page.evaluate(RUN_AXE)
        beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (found, beyond, troubles) == ([], 0, []), f"{path}, {theme}, {size}"
    await context.close()


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
    await page.evaluate(AXE)
    assert await page.evaluate(RUN_AXE) == []
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
