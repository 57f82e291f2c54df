"""The members of a segment one by one, as CSV or NDJSON."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.serving.columns.segment import Members
from gooddata.sql import statement

MOST_MEMBERS = 100_000
"""Of one answer."""

FORMATS = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
FIELDS = ("visitor", "last_seen", "sessions", "conversion", "leave_30s", "leave_page", "return_7d", "churn_30d")

_AT_ONCE = 1_000
_SAID = statement(__package__, "said")
_REST = (1 << 64) - 1


def cursor_of(members: Members) -> str:
    """Names the place behind the last of some members."""
    return f"{int(members.visitor[-1]):016x}"


def place_of(cursor: str) -> int:
    """Raises InputError for what is no such name."""
    try:
        if len(cursor) != 16:
            raise ValueError
        return int(cursor, 16)
    except ValueError:
        raise InputError("cursor must be what X-GoodData-Next of an earlier answer said", "cursor") from None


async def written(analytics: Any, project: str, members: Members, form: str) -> AsyncIterator[bytes]:
    """The bytes of a file of `members`, some at a time. Who has no session in the tables any more is left out.
    `analytics` is a pool."""
    line = _LINES[form]
    if form == "csv":
        yield ",".join(FIELDS).encode() + b"\r\n"
    for since in range(0, len(members.visitor), _AT_ONCE):
        some = members.part(since, since + _AT_ONCE)
        heads = some.visitor.tolist()
        firsts, lasts = [UUID(int=head << 64) for head in heads], [UUID(int=head << 64 | _REST) for head in heads]
        rows = await analytics.fetch(_SAID, project, firsts, lasts)
        lines = []
        for row in rows:
            place = row["place"] - 1
            told = dict(row) | {"last_seen": _moment(some.last[place]), "sessions": int(some.sessions[place])}
            lines.append(line({name: told[name] for name in FIELDS}))
        yield b"".join(lines)


def _moment(second: int) -> str:
    return datetime.fromtimestamp(int(second), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_csv(told: Mapping[str, Any]) -> bytes:
    # Nothing that is told has a comma, a quote, or a sign that a spreadsheet takes for a formula.
    return ",".join("" if each is None else str(each) for each in told.values()).encode() + b"\r\n"


def _as_json(told: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(told) + b"\n"


_LINES: dict[str, Callable[[Mapping[str, Any]], bytes]] = {"csv": _as_csv, "ndjson": _as_json}
