"""An owner at the dashboard, in a real browser: a rejected event mended and sent again, a person erased."""

import re
import uuid

import asyncpg
import pytest
from playwright.async_api import expect

from gooddata.serving.access import make_link_token
from tests.integration.site import opened_site

SECONDS = 30  # for what reads all of the log, on a busy machine
PLAN = {"mode": "enforce", "events": {"A": {"required": ["x"]}}}


@pytest.fixture
async def site(processes, databases):
    processes.environment["GOODDATA_OPERATOR_RAW_DSN"] = databases.raw_dsn
    processes.environment["GOODDATA_OPERATOR_ANALYTICS_DSN"] = databases.analytics_dsn
    async with opened_site(processes, databases, "work") as made:
        yield made


@pytest.fixture
async def page(browser, site):
    """A page of a browser that an owner has signed in, on which no script may fail."""
    connection = await asyncpg.connect(site.databases.analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    context = await browser.new_context(base_url=str(site.http.base_url))
    opened = await context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(f"/sign-in?token={token}")
    yield opened
    assert errors == []
    await context.close()


async def test_an_owner_mends_the_plan_sends_an_event_again_and_erases_whose_it_was(page, site):
    expect.set_options(timeout=SECONDS * 1_000)
    visitor, event = str(uuid.uuid4()), str(uuid.uuid4())
    sent = {"id": event, "type": "track", "name": "A", "visitor": visitor}
    await site.set_plan(PLAN)

    await page.goto(f"/settings?project={site.shop.project}")
    install = page.get_by_role("region", name="Install")
    await expect(install).to_contain_text("Waiting for the first event")
    await site.send(sent)
    await expect(install).to_contain_text("all of it is refused")

    await page.goto(f"/pipeline?project={site.shop.project}")
    rejected = page.get_by_role("region", name="Rejected events")
    refused = rejected.get_by_role("listitem")
    await expect(refused).to_contain_text("Not as the tracking plan says")
    await refused.get_by_role("button", name="Examples").click()
    await refused.locator("summary").click()
    await expect(refused.locator("pre")).to_contain_text(visitor)
    await refused.get_by_role("button", name="Send again").click()
    await expect(rejected).to_contain_text("refused again: 1 × not as the tracking plan says")

    await page.goto(f"/settings?project={site.shop.project}")
    plan = page.get_by_role("region", name="Tracking plan")
    text = plan.get_by_label("The plan, as JSON")
    await text.fill((await text.input_value()).replace("enforce", "warn"))
    await plan.get_by_role("button", name="Save").click()
    await expect(plan).to_contain_text("In force within seconds")
    await site.http.post("/v1/batch", json={"writeKey": str(uuid.uuid4()), "batch": []})

    await page.goto(f"/pipeline?project={site.shop.project}")
    await refused.get_by_role("button", name="Send again").click()
    await expect(rejected).to_contain_text("No event is refused")
    await expect(rejected).to_contain_text("1 event sent again; 1 taken in")
    await site.settled()
    trace = page.get_by_role("region", name="Where is an event?")
    await trace.get_by_label("Id of the event").fill(event)
    await trace.get_by_role("button", name="Look").click()
    await expect(trace).to_contain_text("Applied")
    await page.goto(f"/settings?project={site.shop.project}")
    await expect(install).to_contain_text("Events arrive")

    await page.goto(f"/privacy?project={site.shop.project}")
    erase = page.get_by_role("region", name="Erase a person")
    await erase.get_by_label("Id of the visitor").fill(visitor)
    await erase.get_by_role("button", name="Erase…").click()
    confirm = page.get_by_role("dialog")
    await expect(confirm.get_by_role("button", name="Erase for good")).to_be_disabled()
    await confirm.get_by_label("The id, once more").fill(visitor)
    await confirm.get_by_role("button", name="Erase for good").click()
    await expect(erase).to_contain_text("1 event, 1 batch, 1 rejection")
    receipts = page.get_by_role("region", name="Receipts").get_by_role("listitem")
    await expect(receipts).to_contain_text(re.compile("A visitor, .*1 event"))
    await expect(page.get_by_role("region", name="Audit trail")).to_contain_text("erased a person")
    assert await site.raw("SELECT FROM raw.events") == []
