"""The headers of a request."""


class Headers:
    """Made of pairs with lower-case names; asked by lower-case names."""

    __slots__ = ("_last", "_pairs")

    def __init__(self, pairs: list[tuple[bytes, bytes]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def get(self, name: str) -> str | None:
        """The last header of that name; None where there is none."""
        value = self._last.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def get_bytes(self, name: bytes) -> bytes | None:
        """The last header of that name, as it came."""
        return self._last.get(name)

    def get_all(self, name: str) -> list[str]:
        """Every header of that name, in the order in which they came."""
        wanted = name.encode()
        return [value.decode("latin-1") for name_, value in self._pairs if name_ == wanted]
