"""What is known of items, and how different from each other recommendations are to be."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any


class Catalogue:
    """What is known of items: their categories, as events tell them or as the owner says, and which are sold out."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._set: dict[str, str] = {}
        self._out: frozenset[str] = frozenset()

    def learn(self, item: str, category: str) -> None:
        """By an event."""
        self._told[item] = category

    def keep(self, known: Callable[[str], bool]) -> None:
        """Forgets what events told of other items."""
        self._told = {item: category for item, category in self._told.items() if known(item)}

    def take(self, rows: Sequence[Any]) -> None:
        """What the owner says of items: rows of item, category and in_stock."""
        self._set = {row["item"]: row["category"] for row in rows if row["category"] is not None}
        self._out = frozenset(row["item"] for row in rows if row["in_stock"] is False)

    @property
    def has_categories(self) -> bool:
        return bool(self._told or self._set)

    def category(self, item: str) -> str | None:
        return self._set.get(item) or self._told.get(item)

    def has(self, item: str) -> bool:
        """Whether it can be had, as far as is known."""
        return item not in self._out


def diverse(items: Sequence[str], count: int, diversity: float, catalogue: Catalogue) -> list[str]:
    """`count` of the items, which are in the order of how likely they are, one by one: each time the one with the
    highest worth, less for each of its category that is there already (maximal marginal relevance: Carbonell and
    Goldstein 1998). Items without a category are alike to none.
    """
    if diversity <= 0 or not catalogue.has_categories:
        return list(items[:count])
    # Of one category the likeliest is always the next: only those are compared.
    waiting: dict[str | None, deque[tuple[float, str]]] = {}
    for place, item in enumerate(items):
        worth = (1.0 - diversity) * (1.0 - place / len(items))
        waiting.setdefault(catalogue.category(item), deque()).append((worth, item))
    chosen: list[str] = []
    of_category: Counter[str | None] = Counter()
    while waiting and len(chosen) < count:
        taken = max(len(chosen), 1)
        best = max(
            waiting,
            key=lambda each: waiting[each][0][0] - (diversity * of_category[each] / taken if each is not None else 0.0),
        )
        chosen.append(waiting[best].popleft()[1])
        of_category[best] += 1
        if not waiting[best]:
            del waiting[best]
    return chosen
