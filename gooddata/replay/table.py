"""Lines of a CSV with a header, as dictionaries. A cell may hold line ends: such a record is put together again."""

import csv
from collections.abc import Callable

from gooddata.replay.row import Malformed, Reader, Row

# A record that goes on past this is none: somewhere a quote was opened and never closed.
_MOST_CHARACTERS = 1 << 20


def table_reader(needed: set[str], row_of: Callable[[dict[str, str]], Row | Malformed]) -> Reader:
    """Reads records below a header that has the `needed` columns; `row_of` is given the cells that are not empty."""
    columns: list[str] | None = None
    opened: list[str] = []
    length = 0

    def read(line: str) -> Row | Malformed | None:
        nonlocal columns, opened, length
        if not opened and not line.strip():
            return None
        # With an odd number of quotes in it, a line begins a record that goes on, or ends one.
        if (line.count('"') % 2 == 1) != bool(opened):
            length += len(line)
            if length > _MOST_CHARACTERS:
                opened, length = [], 0
                return Malformed("a quote is opened and not closed")
            opened.append(line)
            return None
        record = "\n".join([*opened, line])
        opened, length = [], 0
        try:
            cells = next(csv.reader([record], strict=True))
        except csv.Error as problem:
            return Malformed(f"no CSV: {problem}")
        if columns is None:
            names = [name.strip().lstrip("\ufeff") for name in cells]
            if not needed.issubset(names):
                return Malformed(f"the header has no {', '.join(sorted(needed.difference(names)))}")
            columns = names
            return None
        if len(cells) != len(columns):
            return Malformed(f"{len(cells)} columns instead of {len(columns)}")
        # MySQL writes \N for what is not there, others NULL or nothing.
        named = zip(columns, cells, strict=True)
        return row_of({name: cell for name, cell in named if cell not in ("", "\\N", "NULL")})

    return read
