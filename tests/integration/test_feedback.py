"""What a page did with scores, and what came of it; and visitors to whose browsers nothing is told."""

import asyncio
import json
import subprocess
import sys
import uuid

import httpx
import pytest

from gooddata.config import kept_secret
from gooddata.persistence.holdout import is_held_out
from gooddata.persistence.pseudonym import Pseudonyms
from tests.conftest import new_project
from tests.integration.workbench import now

MINUTE = 60_000


class Shop:
    def __init__(self, project, server, processes):
        self.project, self.server, self.processes = project, server, processes
        self.http = httpx.AsyncClient(base_url=server.url, timeout=20)
        self.pseudonyms = Pseudonyms(kept_secret(processes.data / "secret").encode())

    def visitors(self, count, *, held, share=0.3):
        """New visitors who are, or are not, held out."""
        found = []
        while len(found) < count:
            visitor = str(uuid.uuid4())
            if is_held_out(self.pseudonyms.visitor(self.project.project, visitor), share) == held:
                found.append(visitor)
        return found

    async def command(self, *words):
        line = [sys.executable, "-m", "gooddata", *words]
        environment = self.processes.environment
        return await asyncio.to_thread(
            lambda: subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        )

    async def send(self, *events):
        headers = {"Authorization": f"Bearer {self.project.write_key}"}
        for start in range(0, len(events), 500):
            some = events[start : start + 500]
            reply = await self.http.post("/v1/batch?intelligence=1", headers=headers, json={"batch": some})
            assert reply.json()["accepted"] == len(some), reply.text
        return reply.json()

    async def report(self, **asked):
        headers = {"Authorization": f"Bearer {self.project.read_key}"}
        reply = await self.http.get("/api/feedback", headers=headers, params=asked)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def until(self, holds, **asked):
        for _ in range(200):
            told = await self.report(**asked)
            if holds(told):
                return told
            await asyncio.sleep(0.1)
        raise AssertionError(told)


@pytest.fixture
async def shop(databases, processes):
    project = await new_project(databases)
    server = await processes.serve()
    processes.start("work")
    made = Shop(project, server, processes)
    yield made
    await made.http.aclose()


def event(visitor, at, name, **properties):
    return {
        "id": str(uuid.uuid4()), "type": "track", "name": name, "visitor": visitor, "timestamp": at,
        "properties": properties,
    }  # fmt: skip


def exposed(visitor, at, variant, name="offer"):
    return event(visitor, at, "$exposure", intervention=name, variant=variant)


async def test_to_a_held_out_visitors_browser_nothing_is_told_but_that(shop):
    assert (await shop.command("project", "holdout", shop.project.project)).stdout.startswith("0.0%")
    wrong = await shop.command("project", "holdout", shop.project.project, "0.7")
    assert wrong.returncode == 2 and "a share from 0 to 0.5" in wrong.stderr
    [held], [free] = shop.visitors(1, held=True), shop.visitors(1, held=False)
    for _ in range(100):
        reply = await shop.send(event(held, now(), "Product Viewed", product_id="a"))
        if reply.get("intelligence"):
            break
        await asyncio.sleep(0.1)
    assert reply["intelligence"]["holdout"] is False and reply["intelligence"]["scores"]
    said = await shop.command("project", "holdout", shop.project.project, "0.3", "--json")
    assert json.loads(said.stdout) == {"project": shop.project.project, "share": 0.3}
    asked = {"key": shop.project.write_key, "visitor": held, "token": reply["token"]}
    for _ in range(100):
        if (await shop.http.get("/v1/intelligence", params=asked)).json()["holdout"]:
            break
        await asyncio.sleep(0.1)
    # What was heard of them before is not quoted either.
    reply = await shop.send(event(held, now(), "Product Viewed", product_id="a"))
    assert not reply.get("intelligence", {}).get("scores")
    for _ in range(100):
        token = (await shop.send(event(held, now(), "Product Viewed", product_id="a")))["token"]
        asked = {"key": shop.project.write_key, "visitor": held, "token": token}
        told = (await shop.http.get("/v1/intelligence", params=asked | {"recommendations": 3})).json()
        reply = await shop.send(event(held, now(), "Product Viewed", product_id="a"))
        if told["holdout"] and told["session"] and reply.get("intelligence"):
            break
        await asyncio.sleep(0.1)
    assert told["holdout"] is True and told["scores"] == {} and told["recommendations"] == []
    quoted = reply["intelligence"]
    assert quoted["holdout"] is True and quoted["scores"] == {} and quoted["visitor"] == held
    recommended = (await shop.http.get("/v1/recommendations", params=asked)).json()
    assert recommended["recommendations"] == [] and "held out" in recommended["reason"]
    async with shop.http.stream("GET", "/v1/intelligence/stream", params=asked) as stream:
        lines = stream.aiter_lines()
        first = await _message(lines)
        await shop.send(event(held, now(), "Product Viewed", product_id="a"))
        second = await _message(lines)
    assert all(each["holdout"] is True and each["scores"] == {} for each in (first, second))
    assert second["computed_at"] > first["computed_at"]

    # It is scored all the same, and others are told.
    token = (await shop.send(event(free, now(), "Product Viewed", product_id="a")))["token"]
    asked = {"key": shop.project.write_key, "visitor": free, "token": token}
    async with shop.http.stream("GET", "/v1/intelligence/stream", params=asked) as stream:
        told = await _message(stream.aiter_lines())
    assert told["holdout"] is False
    for _ in range(100):
        told = (await shop.http.get("/v1/intelligence", params=asked)).json()
        if told["scores"]:
            break
        await asyncio.sleep(0.1)
    assert told["holdout"] is False and "conversion" in told["scores"]
    headers = {"Authorization": f"Bearer {shop.project.read_key}"}
    sessions = (await shop.http.get("/api/sessions", headers=headers)).json()["sessions"]
    assert len(sessions) == 2 and all("conversion" in each["scores"] for each in sessions)


async def _message(lines):
    async with asyncio.timeout(10):
        async for line in lines:
            if line.startswith("data:"):
                return json.loads(line[5:])
    raise AssertionError("the stream ended")


async def test_what_came_of_what_was_shown_is_told_beside_who_was_held_out(shop):
    at = now() - 30 * MINUTE
    shown, held = shop.visitors(40, held=False), shop.visitors(35, held=True)
    events = []
    for number, visitor in enumerate(shown):
        events += [exposed(visitor, at, "shown"), exposed(visitor, at + 5_000, "shown")]
        if number < 20:
            events.append(event(visitor, at + MINUTE, "Order Completed", revenue=5))
        if number < 8:
            events.append(event(visitor, at + 30_000, "$exposure_click", intervention="offer"))
        if 8 <= number < 11:
            events.append(event(visitor, at + 30_000, "$exposure_dismiss", intervention="offer"))
    for number, visitor in enumerate(held):
        events.append(exposed(visitor, at, "holdout"))
        if number < 3:
            events.append(event(visitor, at + MINUTE, "Order Completed", revenue=5))
    # What does not count: an order before it, one of another intervention's visitor, one in a later session.
    [before, other, later] = shop.visitors(3, held=False)
    events += [event(before, at - MINUTE, "Order Completed"), exposed(before, at, "shown")]
    events += [exposed(other, at, "shown", "help"), event(other, at + MINUTE, "Order Completed")]
    early = now() - 300 * MINUTE
    events += [exposed(later, early, "shown"), event(later, early + 120 * MINUTE, "Order Completed")]
    events += [event(other, at, "$exposure", intervention="offer"), event(other, at, "$exposure", variant="shown")]
    await shop.send(*events)
    told = await shop.until(lambda told: len(told["interventions"]) == 2 and told["unusable"] == 2)
    offer = next(each for each in told["interventions"] if each["intervention"] == "offer")
    assert {name: offer["shown"][name] for name in ("visitors", "converted", "clicked", "dismissed")} == {
        "visitors": 41, "converted": 20, "clicked": 8, "dismissed": 3,
    }  # fmt: skip
    assert (offer["holdout"]["visitors"], offer["holdout"]["converted"]) == (35, 3)
    assert offer["verdict"] == "better" and offer["uplift"] == pytest.approx(20 / 41 - 3 / 35)
    help_ = next(each for each in told["interventions"] if each["intervention"] == "help")
    assert help_["shown"]["converted"] == 1 and "nobody was held out" in help_["reason"]
    assert (told["holdout"], told["within_hours"]) == (0.0, None)

    # Within three hours instead of the same session, the later order counts.
    wider = await shop.report(within_hours=3)
    offer = next(each for each in wider["interventions"] if each["intervention"] == "offer")
    assert offer["shown"]["converted"] == 21
    narrow = await shop.report(**{"from": at - MINUTE})
    offer = next(each for each in narrow["interventions"] if each["intervention"] == "offer")
    assert offer["shown"]["visitors"] == 40
    headers = {"Authorization": f"Bearer {shop.project.read_key}"}
    wrong = await shop.http.get("/api/feedback", headers=headers, params={"within_hours": 0})
    assert wrong.status_code == 400 and wrong.json()["error"]["field"] == "within_hours"

    await _items_are_told_one_by_one(shop, shown[0], at)


async def _items_are_told_one_by_one(shop, visitor, at):
    events = [event(visitor, at, "$exposure", intervention="shelf", variant="shown", item=item) for item in "abc"]
    events += [event(visitor, at + 1_000, "$exposure_click", intervention="shelf", item="b")]
    events += [event(visitor, at + 2_000, "Product Added", product_id=item, price=7) for item in "bz"]
    events += [event(visitor, at + 3_000, "Order Completed", revenue=14)]
    await shop.send(*events)
    # The same once more: each counts once.
    headers = {"Authorization": f"Bearer {shop.project.write_key}"}
    again = await shop.http.post("/v1/batch", headers=headers, json={"batch": events})
    assert again.json()["duplicate"] == len(events)
    headers = {"Authorization": f"Bearer {shop.project.read_key}"}

    async def asked(**params):
        return await shop.http.get("/api/feedback/items", headers=headers, params=params)

    for _ in range(200):
        told = (await asked(sort="revenue")).json()
        if told["count"] == 3 and told["items"][0]["orders"]:
            break
        await asyncio.sleep(0.1)
    assert told["count"] == 3 and [each["item"] for each in told["items"]] == ["b", "a", "c"]
    best = told["items"][0]
    counts = ("shown", "visitors", "clicked", "bought", "orders", "bought_after_click", "orders_after_click")
    assert [best[name] for name in counts] == [1] * 7
    assert (best["revenue"], best["revenue_after_click"], best["click_rate"], best["bought_rate"]) == (7, 7, 1, 1)
    assert best["click_interval"] == pytest.approx([0.2065, 1], abs=1e-4)
    assert all(each["orders"] == each["revenue"] == each["clicked"] == 0 for each in told["items"][1:])
    page = (await asked(limit=1, offset=1)).json()
    assert (page["count"], [each["item"] for each in page["items"]]) == (3, ["b"])
    assert (await asked(limit=1, offset=1_000_000)).json() == {"items": [], "count": 3}
    assert (await asked(intervention="offer")).json() == {"items": [], "count": 0}
    for params, field in (
        ({"sort": "luck"}, "sort"), ({"limit": 1_001}, "limit"), ({"limit": 0}, "limit"), ({"offset": -1}, "offset"),
        ({"offset": 1_000_001}, "offset"), ({"intervention": "x" * 201}, "intervention"), ({"from": "soon"}, "from"),
    ):  # fmt: skip
        refused = await asked(**params)
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, field)
    assert (await asked(limit=1_000, offset=0, intervention="x" * 200)).status_code == 200
    assert (await asked(project="another")).status_code == 401


async def test_an_exposure_keeps_its_names_beside_what_the_owner_allows(shop, databases):
    [visitor] = shop.visitors(1, held=False)
    assert (await shop.command("project", "properties", shop.project.project, "--allow", "place")).returncode == 0
    sent = event(visitor, now(), "$exposure", intervention="offer", variant="shown", place="cart", colour="red")
    await shop.send(sent)
    await shop.until(lambda told: told["interventions"])
    reply = await shop.http.get("/api/feedback", headers={"Authorization": f"Bearer {shop.project.read_key}"})
    assert reply.json()["interventions"][0]["shown"]["visitors"] == 1
