"""What a reader makes of one line: a row, or the reason why it is none."""

from collections.abc import Callable
from typing import Any

import msgspec

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999, the latest time a timestamp can say."""


class Row(msgspec.Struct):
    """One event in the API's shape, without its timestamp, which is `at` in epoch milliseconds.

    `event` has no id where the line had none.
    """

    at: int
    event: dict[str, Any]


class Malformed(msgspec.Struct, frozen=True):
    """A line that is no event, and why."""

    reason: str


Reader = Callable[[str], Row | Malformed | None]
"""Takes the next line of a file, without its end; None for a line that says nothing, like a header."""


def whole_number(text: str) -> int | None:
    """The number that plain ASCII digits say (Python's int would also take '1_0' and digits of other scripts)."""
    return int(text) if len(text) < 19 and text.isascii() and text.isdigit() else None
