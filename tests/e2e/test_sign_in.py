"""Signing in at the dashboard, in a real browser: by link, by password, wrongly, and out again."""

import re
from pathlib import Path

import asyncpg
import httpx
import pytest
from playwright.async_api import expect

from gooddata.serving.access import make_link_token
from tests.integration.site import opened_site

PASSWORD = "correct horse battery"
AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join("; ")}`)"""


@pytest.fixture
async def site(processes, databases):
    async with opened_site(processes, databases) as made:
        yield made


@pytest.fixture
async def page(browser, site):
    context = await browser.new_context(base_url=str(site.http.base_url))
    opened = await context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []
    await context.close()


async def sign_in(page, email, password):
    await page.get_by_label("E-mail address", exact=True).fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.keyboard.press("Enter")


async def violations(page):
    """What axe finds on the page as it is."""
    await page.evaluate(AXE)
    return await page.evaluate(RUN_AXE)


async def menu(page, choice):
    await page.get_by_role("button", name=re.compile("^Account:")).click()
    await page.get_by_role("region", name="Account", exact=True).get_by_role("button", name=choice).click()


async def test_an_owner_sets_a_password_invites_a_viewer_and_signs_in_again(page, browser, site):
    connection = await asyncpg.connect(site.databases.analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    await page.goto(f"/sign-in?token={token}")
    await page.get_by_role("complementary", name="Password").get_by_role("button", name="Set a password").click()
    await page.get_by_role("dialog").get_by_label("New password").fill(PASSWORD)
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary", name="Password")).to_have_count(0)

    await page.goto(f"/settings?project={site.shop.project}")
    accounts = page.get_by_role("region", name="Accounts")
    await accounts.get_by_label("E-mail address of somebody new").fill("viewer@example.com")
    await accounts.get_by_role("button", name="Invite").click()
    await expect(accounts).to_contain_text("Pass this link on")
    link = await accounts.locator("pre").inner_text()
    keys = page.get_by_role("region", name="Read keys")
    await keys.get_by_label("Name of a new read key").fill("Weekly report")
    await keys.get_by_role("button", name="Make it").click()
    await expect(keys.get_by_role("listitem").filter(has_text="Weekly report")).to_contain_text("counts and figures")
    key = {"Authorization": f"Bearer {await keys.locator('pre').inner_text()}"}
    async with httpx.AsyncClient(base_url=str(site.http.base_url), headers=key) as reader:
        assert (await reader.get("/api/overview")).status_code == 200
        assert (await reader.get("/api/sessions")).status_code == 403

    invited = await browser.new_context()
    viewer = await invited.new_page()
    await viewer.goto(link)
    await viewer.goto(f"{site.http.base_url}/settings?project={site.shop.project}")
    refused = viewer.get_by_role("region", name="Accounts")
    await expect(refused).to_contain_text("This takes the role owner; yours is viewer")
    await invited.close()

    await menu(page, "Sign out")
    await sign_in(page, "owner@localhost", "wrong horse battery")
    await expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    assert await violations(page) == []
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Accounts")).to_contain_text("viewer@example.com")
    await menu(page, "Sign out")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
