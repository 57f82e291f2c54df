"""The demo shop, as its catalogue describes it, and the addresses of its pages."""

from pathlib import Path

import msgspec

from gooddata.errors import ConfigurationError

BUILT = Path(__file__).parents[2] / "serving" / "assets" / "demo" / "catalog.json"
"""Where the build puts the catalogue that the demo pages are made from."""

_STEPS = {"cart": "Your cart", "checkout": "Check out", "thanks": "Thank you"}


class Category(msgspec.Struct, frozen=True):
    slug: str
    name: str


class Product(msgspec.Struct, frozen=True):
    """`price` is in the shop's currency."""

    id: str
    slug: str
    name: str
    category: str
    price: float


class Page(msgspec.Struct, frozen=True):
    """`kind` is home, category, product, cart, checkout or thanks; `screens` its height in a desktop's viewports."""

    kind: str
    path: str
    title: str
    screens: float
    product: Product | None = None


class Shop(msgspec.Struct, frozen=True):
    shop: str
    currency: str
    categories: list[Category]
    products: list[Product]

    def in_category(self, slug: str) -> list[Product]:
        return [product for product in self.products if product.category == slug]

    def home(self) -> Page:
        return Page("home", "/demo/", f"{self.shop}: tea, coffee and the things to make them with", 2.4)

    def category_page(self, category: Category) -> Page:
        height = 0.8 + 0.35 * len(self.in_category(category.slug))
        return Page("category", f"/demo/category/{category.slug}", f"{category.name} · {self.shop}", height)

    def product_page(self, product: Product) -> Page:
        return Page("product", f"/demo/product/{product.slug}", f"{product.name} · {self.shop}", 1.7, product)

    def step(self, kind: str) -> Page:
        """One of the pages on the way to an order: cart, checkout, thanks."""
        return Page(kind, f"/demo/{kind}", f"{_STEPS[kind]} · {self.shop}", 1.3)


def open_shop(catalog: Path = BUILT) -> Shop:
    """Raises ConfigurationError when the catalogue is not there, or is none."""
    try:
        return msgspec.json.decode(catalog.read_bytes(), type=Shop)
    except (OSError, msgspec.DecodeError) as problem:
        raise ConfigurationError(f"the demo shop's catalogue {catalog} cannot be read: {problem}") from problem
