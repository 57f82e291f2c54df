"""Tables and numbers as cards of models have them."""

from collections.abc import Iterable, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Rows of which a value is missing are left out."""
    lines = [head, ["---"] * len(head), *(row for row in rows if None not in row)]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
