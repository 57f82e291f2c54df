"""What a visitor did before a session."""

import msgspec


class History(msgspec.Struct, frozen=True, gc=False):
    """Earlier sessions, how many of them converted, and when the last of them ended (epoch ms)."""

    sessions: int = 0
    converted: int = 0
    last_at: int | None = None

    def after(self, converted: bool, last_at: int) -> "History":
        """The history once another session has ended."""
        return History(self.sessions + 1, self.converted + converted, last_at)


FIRST_VISIT = History()
