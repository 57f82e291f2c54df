"""Rows as PostgreSQL array literals, one a column.

asyncpg looks at every element of an array for whether it is an array itself, which takes longer than all else that is
done to a row here; a text that PostgreSQL parses costs a third of that.
"""

from collections.abc import Iterable, Sequence
from typing import Any


def columns(rows: Iterable[Sequence[Any]]) -> list[str]:
    """The columns of `rows`, each for a parameter like `$1::text::integer[]`.

    Elements are texts, numbers, booleans, UUIDs or None; all of a column that are not None are of one type.
    """
    return [literal(column) for column in zip(*rows, strict=True)]


def literal(column: Sequence[Any]) -> str:
    """One column as an array literal."""
    if any(type(element) is str for element in column[:1]) or None in column:
        return "{" + ",".join(map(_element, column)) + "}"
    return "{" + ",".join(map(str, column)) + "}"


def _element(element: Any) -> str:
    if element is None:
        return "NULL"
    if type(element) is str:
        return '"' + element.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(element)
