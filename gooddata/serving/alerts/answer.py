"""What came of an attempt to deliver."""

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """`final`: trying again would not help."""

    delivered: bool
    text: str
    final: bool = False
