"""Every page of the dashboard, one after another, as somebody sees them who has signed in."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import Product

SIZES = {"screen": (1280, 900), "phone": (390, 844)}
# Both themes and both sizes, each once: colours do not depend on the size, nor what sticks out on the theme.
LOOKS = [("light", "screen"), ("dark", "phone")]
_AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
_RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (each) => `${each.id}: ${each.help} (${each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")})`)"""

_FADED = """() => Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""


async def signed_in_at(browser: Browser, product: Product) -> Any:
    """The state of a browser that an owner has signed in."""
    context = await browser.new_context()
    await (await context.new_page()).goto(product.command("sign-in").strip())
    state = await context.storage_state()
    await context.close()
    return state


async def settled(page: Page) -> None:
    """Everything has been answered."""
    await page.locator("main h1").wait_for(timeout=20_000)
    # What is asked anew is pale until the answer is there.
    await expect(page.locator('main .skeleton, main [aria-busy="true"]')).to_have_count(0, timeout=20_000)
    await page.evaluate(_FADED)


async def violations(page: Page) -> list[str]:
    """The rules of accessibility that a program can check and that the page breaks, each with where."""
    await page.evaluate(_AXE)
    found: list[str] = await page.evaluate(_RUN_AXE)
    return found


async def walk(browser: Browser, product: Product, state: Any, theme: Any, size: str, asked: str = "") -> list[str]:
    """Nothing fails, nothing sticks out, and the rules of accessibility that a program can check hold on every page,
    each asked with the query `asked`. Returns their paths."""
    width, height = SIZES[size]
    context = await browser.new_context(
        base_url=product.url,
        storage_state=state,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    await page.goto("/")
    await settled(page)
    links = page.get_by_role("navigation", name="Pages").locator("a")
    paths = [(await link.get_attribute("href") or "").partition("?")[0] for link in await links.all()]
    for path in paths:
        await page.goto(f"{path}{asked}")
        await settled(page)
        await expect(page).to_have_title(re.compile(await page.locator("h1").inner_text()))
        found = await violations(page)
        beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (found, beyond, troubles) == ([], 0, []), f"{path}, {theme}, {size}: {found}, {beyond}, {troubles}"
    await context.close()
    return paths
