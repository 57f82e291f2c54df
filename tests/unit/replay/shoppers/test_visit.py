from collections import Counter
from random import Random

import msgspec
import pytest

from gooddata.replay.shoppers.reading import VECTOR
from gooddata.replay.shoppers.shop import Shop
from gooddata.replay.shoppers.visit import Visit, new_shopper, simulate_visit

MANY = 2_000


def visit_of(seed: object, shop: Shop) -> Visit:
    rng = Random(str(seed))
    return simulate_visit(rng, shop, new_shopper(rng))


def names(visit: Visit) -> list[str]:
    return [moment.event.get("name", moment.event["type"]) for moment in visit.moments]


@pytest.fixture(scope="module")
def visits(shop: Shop) -> list[Visit]:
    return [visit_of(seed, shop) for seed in range(MANY)]


def test_the_same_chance_makes_the_same_visit(shop: Shop) -> None:
    assert msgspec.json.encode(visit_of(5, shop)) == msgspec.json.encode(visit_of(5, shop))
    assert msgspec.json.encode(visit_of(5, shop)) != msgspec.json.encode(visit_of(6, shop))


def test_every_visit_says_that_it_is_simulated(visits: list[Visit]) -> None:
    for visit in visits:
        assert visit.context["simulated"] is True
        assert {"userAgent", "locale", "screen", "library", "vector_version"} <= visit.context.keys()


def test_a_visit_begins_with_a_page_view_and_runs_forward(visits: list[Visit]) -> None:
    for visit in visits:
        assert visit.moments[0].at == 0
        assert visit.moments[0].event["type"] == "page"
        times = [moment.at for moment in visit.moments]
        assert times == sorted(times)
        assert len({moment.event["session"] for moment in visit.moments}) == 1


def test_ids_are_unique(visits: list[Visit]) -> None:
    ids = [moment.event["id"] for visit in visits for moment in visit.moments]
    assert len(ids) == len(set(ids))


def test_shares_of_visitors_are_those_of_a_believable_shop(visits: list[Visit]) -> None:
    bought = sum("Order Completed" in names(visit) for visit in visits) / MANY
    bounced = sum(names(visit).count("page") == 1 for visit in visits) / MANY
    filled_a_cart = sum("Product Added" in names(visit) for visit in visits) / MANY
    minutes = sum(visit.moments[-1].at for visit in visits) / MANY / 60_000
    assert 0.05 < bought < 0.12
    assert 0.25 < bounced < 0.5
    assert bought < filled_a_cart < 0.4
    assert 0.7 < minutes < 2.5


def test_an_order_follows_the_way_through_the_shop(visits: list[Visit]) -> None:
    orders = 0
    for visit in visits:
        said = names(visit)
        if "Order Completed" not in said:
            continue
        orders += 1
        steps = [
            said.index(name) for name in ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
        ]
        assert steps == sorted(steps)
    assert orders


def test_hardly_anybody_orders_twice_in_a_visit(visits: list[Visit]) -> None:
    orders = [names(visit).count("Order Completed") for visit in visits]
    assert sum(count > 1 for count in orders) < 0.1 * sum(count > 0 for count in orders)


def test_an_order_is_worth_what_was_in_the_cart(visits: list[Visit], shop: Shop) -> None:
    prices = {product.id: product.price for product in shop.products}
    for visit in visits:
        cart: Counter[str] = Counter()
        for moment in visit.moments:
            properties = moment.event["properties"]
            match moment.event.get("name"):
                case "Product Added":
                    cart[properties["product_id"]] += 1
                case "Product Removed":
                    cart[properties["product_id"]] -= 1
                case "Order Completed":
                    worth = sum(prices[product] * count for product, count in cart.items())
                    assert properties["revenue"] == pytest.approx(worth)
                    cart.clear()


def test_engaged_time_never_exceeds_the_time_that_passed(visits: list[Visit]) -> None:
    for visit in visits:
        engaged = sum(moment.event["properties"].get("engaged_ms", 0) for moment in visit.moments)
        assert 0 < engaged <= visit.moments[-1].at + 1


def test_vectors_have_the_fields_of_vector_json_and_only_grow_on_a_page(visits: list[Visit]) -> None:
    field = [one.name for one in VECTOR.fields].index
    growing = [field(name) for name in ("engaged_ms", "elapsed_ms", "scroll_depth", "form_fields", "errors", "clicks")]
    for visit in visits:
        last: list[float] | None = None
        for moment in visit.moments:
            if moment.event["type"] == "page":
                last = None
            elif vector := moment.event.get("vector"):
                assert len(vector) == len(VECTOR.fields)
                assert 0 <= vector[field("scroll_depth")] <= 100
                assert vector[field("engaged_ms")] <= vector[field("elapsed_ms")]
                assert last is None or all(vector[place] >= last[place] for place in growing)
                last = vector


def test_who_comes_by_a_link_has_a_referrer_and_then_the_shop_is_their_own(visits: list[Visit]) -> None:
    for visit in visits:
        pages = [moment.event["context"]["page"] for moment in visit.moments if moment.event["type"] == "page"]
        assert "fernleaf" not in pages[0].get("referrer", "")
        assert all(page["referrer"].startswith("https://fernleaf.example/demo/") for page in pages[1:])


def test_a_cart_is_remembered_until_the_next_visit(shop: Shop) -> None:
    rng = Random(3)
    shopper = new_shopper(rng)
    shopper.cart.append(shop.products[0])
    for _ in range(40):
        visit = simulate_visit(rng, shop, shopper)
        if "Order Completed" in names(visit):
            break
    assert shopper.visits >= 1
    assert {moment.event["visitor"] for moment in visit.moments} == {shopper.visitor}
