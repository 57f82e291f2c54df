"""What serving asks of the recommender, a process of its own, and how both say it: frames of JSON on a Unix socket."""

from collections.abc import Callable
from uuid import UUID

import msgspec

MOST_ITEMS = 100  # asked for, named as seen, or excluded
_LENGTH = 4  # bytes


class Asked(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What may come next for somebody: of the `visitor` (a pseudonym) what is known, then the `items` seen since.

    With `similar_to`, what belongs together with that item instead. Rules that are None are as the project has them.
    """

    number: int
    project: str
    count: int
    visitor: UUID | None = None
    items: list[str] = []
    similar_to: str | None = None
    category: str | None = None
    exclude: list[str] = []
    exclude_seen: bool = False
    exclude_bought: bool | None = None
    diversity: float | None = None


class Recommended(msgspec.Struct, omit_defaults=True):
    """`why` is one of next, similar, trending and new."""

    item: str
    why: str
    category: str | None = None


class Told(msgspec.Struct, kw_only=True):
    """`known` is how many items the answer is made of; `model` the version that orders them, None where neighbours
    alone do; `reason` why there is nothing, or less than was asked for."""

    number: int
    recommendations: list[Recommended]
    known: int = 0
    model: int | None = None
    reason: str | None = None


class Frames:
    """Bytes as they come in; each whole frame goes to `take`."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        self._waiting += data
        start = 0
        while len(self._waiting) - start >= _LENGTH:
            end = start + _LENGTH + int.from_bytes(self._waiting[start : start + _LENGTH], "big")
            if len(self._waiting) < end:
                break
            self._take(bytes(self._waiting[start + _LENGTH : end]))
            start = end
        del self._waiting[:start]


def frame(body: bytes) -> bytes:
    return len(body).to_bytes(_LENGTH, "big") + body
