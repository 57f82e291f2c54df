"""What is told of each item that was shown equals a plain recount, whatever the order in which events arrive."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from gooddata.serving.findings import ITEM_ORDERS
from gooddata.serving.period import Period
from tests.integration.appended import append
from tests.integration.plain_counts import sessions_of
from tests.integration.test_feedback_recount import bench, findings
from tests.integration.workbench import MINUTE, event, now, page

__all__ = ["bench", "findings"]

HOUR = 60 * MINUTE
ITEMS = ("tea", "cup", "pot")
COUNTED = (
    "shown", "visitors", "clicked", "bought", "orders", "revenue", "bought_after_click", "orders_after_click",
    "revenue_after_click",
)  # fmt: skip
KINDS = (
    "page", "shown", "shown", "shown", "held out", "odd", "click", "click", "click of none", "add", "add", "add",
    "remove", "remove", "order", "order", "order of one", "other",
)  # fmt: skip


def made_up(rng, start):
    """Some days of visitors who are shown items, click, fill carts and order, at the same moment now and then."""
    events = []
    for number in range(120):
        visitor = f"visitor {number}"
        at = start + rng.randrange(60) * HOUR
        for _ in range(rng.randrange(3, 40)):
            at += rng.choice((0, 0, 1, 20, 20, 60, 60, 300, 300, 700, 700, 1_900)) * 1_000
            events.append(one(rng, at, visitor))
    rng.shuffle(events)
    return events


def one(rng, at, visitor):
    kind, item, name = rng.choice(KINDS), rng.choice(ITEMS), rng.choice(("shelf", "offer"))
    about = {"intervention": name, "item": item}
    price = {"price": rng.choice((2, 3.5)), "quantity": rng.choice((1, 2))} if rng.random() < 0.8 else {}
    match kind:
        case "page":
            return page(at, visitor)
        case "shown" | "held out" | "odd":
            variant = {"shown": "shown", "held out": "holdout", "odd": "Shown"}[kind]
            automated = {"context": {"automation": True}} if rng.random() < 0.1 else {}
            about = about if rng.random() < 0.9 else {"intervention": name}
            return event(at, visitor, "$exposure", properties=about | {"variant": variant}) | automated
        case "click":
            return event(at, visitor, "$exposure_click", properties=about)
        case "click of none":
            return event(at, visitor, "$exposure_click", properties={"intervention": name})
        case "add" | "remove":
            called = "Product Added" if kind == "add" else "Product Removed"
            return event(at, visitor, called, properties={"product_id": item} | price)
        case "order":
            return event(at, visitor, "Order Completed", properties={"revenue": 100})
        case "order of one":
            revenue = {"revenue": rng.choice((9, 11))} if rng.random() < 0.5 else {}
            return event(at, visitor, "Order Completed", properties={"product_id": item} | revenue | price)
    return event(at, visitor, "Looked")


def recounted(events, since, until, intervention):
    """By item what is COUNTED, as one would write it down."""
    ordered = sorted(events, key=lambda each: (each["timestamp"], each["id"]))
    ordered = [{"at": each["timestamp"], "visitor": each["visitor"], "sent": each} for each in ordered]
    told = {}
    who = defaultdict(set)
    for session in sessions_of(ordered):
        shown, clicks = first_moments(session, since, until, intervention, told, who)
        for item, chosen_at, order, amount in purchases(session):
            if item not in shown or chosen_at < shown[item]:
                continue
            count(told[item], who, item, "bought", order, amount, session[0]["visitor"])
            if item in clicks and chosen_at >= clicks[item]:
                count(told[item], who, item, "bought_after_click", order, amount, session[0]["visitor"])
    for item, row in told.items():
        for name in ("visitors", "clicked", "bought", "bought_after_click", "orders", "orders_after_click"):
            row[name] = len(who[item, name])
    return {item: [row[name] for name in COUNTED] for item, row in told.items()}


def first_moments(session, since, until, intervention, told, who):
    """When each item was shown first in this session, and when it was clicked first from then on."""
    shown, clicks = {}, {}
    for each in session:
        sent, about = each["sent"], each["sent"].get("properties", {})
        item = about.get("item")
        if item is None or intervention not in (None, about["intervention"]):
            continue
        counts = about.get("variant") == "shown" and not sent.get("context", {}).get("automation")
        if sent["name"] == "$exposure" and counts and since <= each["at"] < until:
            shown.setdefault(item, each["at"])
            told.setdefault(item, {"shown": 0, "revenue": 0.0, "revenue_after_click": 0.0})["shown"] += 1
            who[item, "visitors"].add(each["visitor"])
    for each in session:
        about = each["sent"].get("properties", {})
        item = about.get("item")
        about_it = each["sent"]["name"] == "$exposure_click" and intervention in (None, about["intervention"])
        if about_it and item in shown and each["at"] >= shown[item]:
            clicks.setdefault(item, each["at"])
            who[item, "clicked"].add(each["visitor"])
    return shown, clicks


def purchases(session):
    """Item, when it was chosen, in which order, and for how much."""
    cart = defaultdict(list)
    for each in session:
        sent, about = each["sent"], each["sent"].get("properties", {})
        product = about.get("product_id")
        value = about["price"] * about["quantity"] if "price" in about else 0.0
        if sent["name"] == "Product Added":
            cart[product].append((each["at"], value))
        elif sent["name"] == "Product Removed":
            cart.pop(product, None)
        elif sent["name"] == "Order Completed" and product is not None:
            yield product, each["at"], sent["id"], about.get("revenue", value)
        elif sent["name"] == "Order Completed":
            for item, lines in cart.items():
                for at, amount in lines:
                    yield item, at, sent["id"], amount
            cart.clear()


def count(row, who, item, name, order, amount, visitor):
    after = name.removeprefix("bought")
    who[item, name].add(visitor)
    who[item, f"orders{after}"].add(order)
    row[f"revenue{after}"] += amount


async def asked(findings, project, since, until, intervention=None, sort="shown"):
    period = Period(*(datetime.fromtimestamp(at / 1_000, UTC) for at in (since, until)))
    return await findings.feedback_items(project, period, intervention, sort, 100, 0)


async def test_each_item_is_told_as_a_plain_recount_has_it(bench, findings):
    rng = random.Random(20_130)
    start = now() - timedelta(days=8) // timedelta(milliseconds=1)
    events = made_up(rng, start)
    worker = bench.start()
    for place in range(0, len(events), 150):
        await append(bench.raw, bench.project, events[place : place + 150])
    await bench.caught_up()
    await worker.end()
    whole = (start - HOUR, start + 90 * 24 * HOUR)
    for since, until in (whole, (start + 20 * HOUR, start + 45 * HOUR)):
        for intervention in (None, "shelf", "offer"):
            told = await asked(findings, bench.project, since, until, intervention)
            counts = {each["item"]: pytest.approx([each[name] for name in COUNTED]) for each in told["items"]}
            assert recounted(events, since, until, intervention) == counts
            assert told["count"] == len(counts) == len(ITEMS)
    everything = recounted(events, *whole, None)
    # All of it occurs, and less comes after a click than after it was shown.
    sums = dict(zip(COUNTED, map(sum, zip(*everything.values(), strict=True)), strict=True))
    assert min(sums.values()) > 0 and sums["revenue_after_click"] < sums["revenue"]
    for sort in ITEM_ORDERS:
        told = (await asked(findings, bench.project, *whole, sort=sort))["items"]
        assert [each[sort] for each in told] == sorted((each[sort] for each in told), reverse=True)
    assert (await asked(findings, "another", *whole)) == {"items": [], "count": 0}
