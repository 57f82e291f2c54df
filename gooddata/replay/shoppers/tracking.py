"""What the shop's own pages track, by the names of Segment's e-commerce events."""

from random import Random
from typing import Any

from gooddata.replay.shoppers.shop import Page, Product, Shop


def shown(shop: Shop, page: Page, cart: list[Product]) -> tuple[str, dict[str, Any]] | None:
    """The event by which a page says what it shows; the page of thanks says nothing."""
    match page.kind:
        case "home":
            return "Product List Viewed", _listed("home", shop.products)
        case "category":
            slug = page.path.rpartition("/")[2]
            return "Product List Viewed", _listed(slug, shop.in_category(slug))
        case "product" if page.product:
            return "Product Viewed", _described(page.product, shop)
        case "cart":
            return "Cart Viewed", _contents(cart, shop)
        case "checkout":
            return "Checkout Started", _contents(cart, shop)
    return None


def _listed(name: str, products: list[Product]) -> dict[str, Any]:
    return {"list_id": name, "products": [{"product_id": product.id} for product in products]}


def _described(product: Product, shop: Shop) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "name": product.name,
        "category": product.category,
        "price": product.price,
        "currency": shop.currency,
    }


def taken(product: Product, shop: Shop) -> dict[str, Any]:
    return {**_described(product, shop), "quantity": 1}


def _contents(cart: list[Product], shop: Shop) -> dict[str, Any]:
    value = round(sum(product.price for product in cart), 2)
    return {"products": [taken(product, shop) for product in cart], "value": value, "currency": shop.currency}


def order(rng: Random, cart: list[Product], shop: Shop) -> dict[str, Any]:
    contents = _contents(cart, shop)
    value = contents.pop("value")
    return {"order_id": f"FL-{rng.getrandbits(40):X}", "revenue": value, "total": value, **contents}
