"""What owners say of their items, and by which rules they are recommended."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.persistence.projects import require_project
from gooddata.sql import statement

LONGEST = 512  # characters of an item's or a category's name
_AT_ONCE = 5_000
_PUT = statement(__package__, "put_items")
_ITEMS = "SELECT item, category, in_stock FROM control.item WHERE project_id = $1 ORDER BY item"
_RULES = "SELECT exclude_bought, diversity, new_items FROM control.recommendation_rules WHERE project_id = $1"
_PUT_RULES = (
    "INSERT INTO control.recommendation_rules (project_id, exclude_bought, diversity, new_items) "
    "VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (project_id) DO UPDATE SET exclude_bought = excluded.exclude_bought, "
    "diversity = excluded.diversity, new_items = excluded.new_items"
)
_TRUE, _FALSE = frozenset({"true", "yes", "1", "in stock", "in_stock"}), frozenset({"false", "no", "0", "out of stock"})


class Item(msgspec.Struct, frozen=True):
    """None leaves what was said before as it is."""

    item: str
    category: str | None = None
    in_stock: bool | None = None


class RecommendationRules(msgspec.Struct, frozen=True):
    """`exclude_bought` leaves out what the visitor has bought; `diversity`, 0 to 1, is how much an item gives way to
    one of another category; with `new_items`, one place of ten is for an item that is new."""

    exclude_bought: bool = True
    diversity: float = 0.2
    new_items: bool = True


async def put_items(connection: Any, project: str, items: Sequence[Item]) -> int:
    """Keeps what is said of items; how many there are. Raises InputError for an unknown project or a bad name."""
    await require_project(connection, project)
    # Of an item that is named twice, the last counts.
    said = {each.item: each for each in items}
    for each in said.values():
        if not each.item or len(each.item) > LONGEST or len(each.category or "") > LONGEST:
            raise InputError(f"an item and its category have 1 to {LONGEST} characters, not {each.item[:40]!r}", "item")
    async with connection.transaction():
        rows = list(said.values())
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            named = [[getattr(each, name) for each in some] for name in ("item", "category", "in_stock")]
            await connection.execute(_PUT, project, *named)
    return len(said)


async def items_of(connection: Any, project: str) -> list[dict[str, Any]]:
    """Raises InputError for an unknown project."""
    await require_project(connection, project)
    return [dict(row) for row in await connection.fetch(_ITEMS, project)]


async def rules_of(connection: Any, project: str) -> RecommendationRules:
    """Raises InputError for an unknown project."""
    await require_project(connection, project)
    return await known_rules(connection, project)


async def known_rules(connection: Any, project: str) -> RecommendationRules:
    """The rules of a project that there is."""
    row = await connection.fetchrow(_RULES, project)
    return RecommendationRules(*row) if row is not None else RecommendationRules()


async def put_rules(connection: Any, project: str, rules: RecommendationRules) -> None:
    """Raises InputError for an unknown project, or a diversity that is no share."""
    if not 0 <= rules.diversity <= 1:
        raise InputError(f"diversity is a number from 0 to 1, not {rules.diversity}", "diversity")
    await require_project(connection, project)
    await connection.execute(_PUT_RULES, project, rules.exclude_bought, rules.diversity, rules.new_items)


def read_items(lines: Iterable[str]) -> list[Item]:
    """Items of CSV with a head: `item`, and `category`, `in_stock` or both. Raises InputError naming the line."""
    rows = csv.DictReader(lines)
    there = set(rows.fieldnames or ())
    if "item" not in there or not there <= {"item", "category", "in_stock"} or len(there) < 2:
        raise InputError(
            f"the first line must name the columns item, and category, in_stock or both; it names "
            f"{', '.join(rows.fieldnames or ()) or 'none'}",
            "item",
        )
    return [_item(row, rows.line_num) for row in rows]


def _item(row: dict[str | Any, str | Any], line: int) -> Item:
    name = (row.get("item") or "").strip()
    if not name:
        raise InputError(f"line {line} names no item", "item")
    if None in row:
        raise InputError(f"line {line} has more values than there are columns: quote what has commas", "item")
    stock = (row.get("in_stock") or "").strip().lower()
    if stock and stock not in _TRUE | _FALSE:
        raise InputError(f"in_stock in line {line} must be true or false, not {stock!r}", "in_stock")
    return Item(name, (row.get("category") or "").strip() or None, stock in _TRUE if stock else None)
