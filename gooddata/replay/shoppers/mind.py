"""What a shopper wants, and so where they go next and whether they buy."""

import math
from random import Random

import msgspec

from gooddata.replay.shoppers.persona import Persona
from gooddata.replay.shoppers.shop import Page, Product, Shop

_LEAVING = {"home": 1.0, "category": 0.9, "product": 1.0, "cart": 0.6, "checkout": 0.5, "thanks": 20.0}
"""How ready people are to leave from such a page, compared with others."""

_GIVEN_UP_AT = (4, 2, 3, 1, 1, 6, 3, 1, 1)
"""How often the checkout is left after so many of its eight fields: after the fifth, a card is asked for."""


class Step(msgspec.Struct, frozen=True):
    """Where to go, and whether by the browser's back button instead of a link."""

    page: Page
    back: bool = False


class Mind:
    """One visit's decisions. `will` is the hidden will to buy; `cart` is changed in place."""

    def __init__(self, rng: Random, shop: Shop, persona: Persona, will: float, cart: list[Product]) -> None:
        self._rng = rng
        self._shop = shop
        self._persona = persona
        self._will = will
        self.cart = cart
        self._before: list[Page] = []

    def landing(self) -> Page:
        """Half of all visits begin on the front page, the others where a link or a search led."""
        chance = self._rng.random()
        if chance < 0.5:
            return self._shop.home()
        return self._some_category() if chance < 0.75 else self._some_product()

    def interest(self, product: Product | None) -> float:
        """In what is on the page, 0 to 1."""
        return _sigmoid(1.1 * self._will - self._dislike(product) + self._rng.gauss(0.0, 0.7))

    def wants(self, product: Product, interest: float) -> bool:
        """Whether to put it in the cart."""
        chance = _sigmoid(-4.3 + 1.0 * self._will + 2.4 * interest - self._dislike(product))
        return product not in self.cart and self._rng.random() < chance

    def suffers(self, troubles: int) -> None:
        """Whoever is failed by the page wants less."""
        self._will -= 0.25 * troubles

    def drops(self) -> Product | None:
        """What to take out of the cart again, looking at it."""
        if self.cart and self._rng.random() < _sigmoid(-2.0 - 0.5 * self._will):
            return self._rng.choice(self.cart)
        return None

    def buys(self) -> bool:
        """Whether to send off the order, once at the checkout."""
        return self._rng.random() < _sigmoid(0.2 + 0.8 * self._will)

    def fields_before_leaving(self) -> int:
        """How many of the checkout's fields to fill in, not sending it."""
        return self._rng.choices(range(len(_GIVEN_UP_AT)), _GIVEN_UP_AT)[0]

    def next_step(self, page: Page, added: bool) -> Step | None:
        """Where to go from `page`, having `added` something to the cart there; None is away from the shop."""
        rng = self._rng
        readiness = _LEAVING[page.kind] * math.exp(-0.35 * self._will) * (0.3 if added else 1.0)
        if rng.random() < readiness / self._persona.patience:
            return None
        if self._before and rng.random() < 0.5 * self._persona.wander:
            return Step(self._before.pop(), back=True)
        self._before.append(page)
        return Step(self._onward(page, added))

    def _onward(self, page: Page, added: bool) -> Page:
        chance = self._rng.random()
        if page.kind == "cart" and self.cart and chance < _sigmoid(-0.3 + 0.8 * self._will):
            return self._shop.step("checkout")
        if page.kind == "checkout":
            return self._shop.step("cart")
        if self.cart and chance < (0.6 if added else 0.15):
            return self._shop.step("cart")
        if page.kind == "category" or (page.kind == "home" and self._rng.random() < 0.35):
            return self._some_product(page)
        if page.kind == "product" and self._rng.random() < 0.4:
            return self._some_product()
        return self._some_category()

    def _some_category(self) -> Page:
        return self._shop.category_page(self._rng.choice(self._shop.categories))

    def _some_product(self, listed_on: Page | None = None) -> Page:
        slug = listed_on.path.rpartition("/")[2] if listed_on and listed_on.kind == "category" else None
        products = [product for product in self._shop.products if slug in (None, product.category)]
        # The thrifty look at what is cheap.
        weights = [product.price**-(self._persona.thrift) for product in products]
        return self._shop.product_page(self._rng.choices(products, weights)[0])

    def _dislike(self, product: Product | None) -> float:
        return self._persona.thrift * max(0.0, math.log(product.price / 15.0)) if product else 0.0


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))
