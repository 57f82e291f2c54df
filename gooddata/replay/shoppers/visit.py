"""One visit to the shop, from the page where it begins to the one where it ends."""

from random import Random
from typing import Any

import msgspec

from gooddata.replay.shoppers.browser import Browser, choose_browser, pick, referrer_of, visit_context
from gooddata.replay.shoppers.elements import FIELDS
from gooddata.replay.shoppers.mind import Mind, Step
from gooddata.replay.shoppers.persona import PERSONAS, Persona
from gooddata.replay.shoppers.reading import VECTOR, read_page
from gooddata.replay.shoppers.reporting import Moment, Reporter, new_id
from gooddata.replay.shoppers.shop import Product, Shop
from gooddata.replay.shoppers.tracking import order, shown, taken
from gooddata.replay.shoppers.trouble import troubles
from gooddata.replay.shoppers.vitals import Vitals

_USUAL_MS = {"home": 6_000, "category": 8_000, "product": 13_000, "cart": 7_000, "checkout": 24_000, "thanks": 4_000}
_LOAD_MS = 400
_MOST_PAGES = 25


class Shopper(msgspec.Struct):
    """A person with a browser. What is in the cart stays there from one visit to the next."""

    visitor: str
    persona: Persona
    browser: Browser
    locale: str
    cart: list[Product] = []
    visits: int = 0


class Visit(msgspec.Struct):
    """`context` is shared by all moments, which are in order of time."""

    context: dict[str, Any]
    moments: list[Moment]


def new_shopper(rng: Random) -> Shopper:
    persona = rng.choices(PERSONAS, [persona.share for persona in PERSONAS])[0]
    browser, locale = choose_browser(rng, persona.phones)
    return Shopper(new_id(rng), persona, browser, locale)


def simulate_visit(rng: Random, shop: Shop, shopper: Shopper) -> Visit:
    """Walk the shop until the shopper leaves. All chance comes from `rng`; `shopper` remembers the visit.

    Whether they buy hangs on a will that no event carries. It leaves traces in the time they take, in how far they read
    and in what they put into the cart, and chance keeps the traces from telling everything.
    """
    # Who comes back, and with something in the cart, means it more.
    mean = shopper.persona.will + 0.5 * bool(shopper.cart) + 0.2 * min(2, shopper.visits)
    mind = Mind(rng, shop, shopper.persona, rng.gauss(mean, 1.0), shopper.cart)
    source = pick(rng, shopper.persona.sources)
    landing = mind.landing()
    vitals = Vitals(rng, shopper.browser, landing.kind)
    reporter = Reporter(rng, shopper.visitor, referrer_of(rng, source), vitals)
    step: Step | None = Step(landing)
    now = 0
    for _ in range(_MOST_PAGES):
        if step is None:
            break
        now, step = _view(rng, shop, shopper, mind, reporter, now, step)
    shopper.visits += 1
    return Visit(visit_context(shopper.browser, shopper.locale, source, VECTOR.version), reporter.moments)


def _view(
    rng: Random, shop: Shop, shopper: Shopper, mind: Mind, reporter: Reporter, now: int, step: Step
) -> tuple[int, Step | None]:
    """One page view that begins at `now`: when the next one begins, and where."""
    page, persona = step.page, shopper.persona
    interest = mind.interest(page.product)
    reading = read_page(
        rng,
        usual_ms=_USUAL_MS[page.kind] * persona.pace,
        screens=page.screens,
        interest=interest,
        depth=persona.depth,
        wander=persona.wander,
        touch=shopper.browser.touch,
        fields=len(FIELDS) if page.kind == "checkout" else 0,
    )
    reporter.open(now, page, reading, step.back)
    failed = troubles(rng, page.kind, persona.wander, reading.elapsed_ms - reading.hidden_ms, shopper.browser.touch)
    reporter.suffer(failed)
    mind.suffers(len(failed))
    if told := shown(shop, page, mind.cart):
        reporter.tell(*told)
    pressed_at = round((reading.elapsed_ms - reading.hidden_ms) * rng.uniform(0.5, 0.95))
    added = page.product is not None and mind.wants(page.product, interest)
    if page.product and added:
        mind.cart.append(page.product)
        reporter.press(pressed_at, "Product Added", taken(page.product, shop))
    elif page.kind == "cart" and (dropped := mind.drops()):
        mind.cart.remove(dropped)
        reporter.press(pressed_at, "Product Removed", taken(dropped, shop))
    bought = page.kind == "checkout" and bool(mind.cart) and mind.buys()
    if not bought:
        reading.fields = reading.fields[: mind.fields_before_leaving()]
    onward = Step(shop.step("thanks")) if bought else mind.next_step(page, added)
    if bought:
        reporter.press(reading.elapsed_ms - 1, "Order Completed", order(rng, mind.cart, shop))
        mind.cart.clear()
    elif onward and not onward.back:
        reporter.follow(reading.elapsed_ms - 1, onward.page)
    reporter.fill_in(sent=bought)
    reporter.leave(for_good=onward is None)
    return now + reading.elapsed_ms + rng.randint(_LOAD_MS // 2, _LOAD_MS * 2), onward
