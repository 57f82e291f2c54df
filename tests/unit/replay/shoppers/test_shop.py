from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.replay.shoppers.shop import Shop, open_shop


def test_pages_are_where_the_demo_has_them(shop: Shop) -> None:
    product = shop.products[0]
    paths = [
        shop.home().path,
        shop.category_page(shop.categories[0]).path,
        shop.product_page(product).path,
        *(shop.step(kind).path for kind in ("cart", "checkout", "thanks")),
    ]
    assert paths == [
        "/demo/",
        f"/demo/category/{shop.categories[0].slug}",
        f"/demo/product/{product.slug}",
        "/demo/cart",
        "/demo/checkout",
        "/demo/thanks",
    ]


def test_every_category_has_something_to_buy(shop: Shop) -> None:
    assert all(shop.in_category(category.slug) for category in shop.categories)
    assert {product.category for product in shop.products} == {category.slug for category in shop.categories}


def test_a_catalogue_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="catalog"):
        open_shop(tmp_path / "catalog.json")
