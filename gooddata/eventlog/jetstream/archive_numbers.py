"""What an archive has counted."""

from collections.abc import Awaitable, Callable, Iterable

from gooddata.inside.numbers import Histogram, Sample


class Archived:
    def __init__(self) -> None:
        self.moved = self.moved_by_others = self.messages = 0
        # How many messages are left to move, asked for when somebody wants to know.
        self.ask: Callable[[], Awaitable[int | None]] | None = None
        self.seconds = Histogram()

    def samples(self) -> Iterable[Sample]:
        yield Sample("gooddata_archive_parts_total", self.moved, ("moved",))
        yield Sample("gooddata_archive_parts_total", self.moved_by_others, ("by another",))
        yield Sample("gooddata_archive_messages_total", self.messages)
        yield Sample("gooddata_archive_part_seconds", self.seconds)

    async def behind(self) -> Iterable[Sample]:
        left = await self.ask() if self.ask is not None else None
        return [] if left is None else [Sample("gooddata_archive_behind_messages", left)]
