"""What the owner's pages need of the other stages: given to serving when the process starts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from gooddata.serving.access import Forbidden

__all__ = ["Deeds", "Forbidden", "Means"]


class Deeds(msgspec.Struct, frozen=True):
    """What is done as the operator, each over connections of its own. The arguments of `erase` and `held` are a
    project, and a visitor or a user; of `replay` a project, a reason and since when, where that matters."""

    raw_dsn: str
    erase: Callable[[str, str | None, str | None], Awaitable[Any]]
    held: Callable[[str, str | None, str | None], Awaitable[bytes]]
    replay: Callable[[str, str | None, str | None], Awaitable[tuple[Any, str | None]]] | None


class Means(msgspec.Struct, frozen=True):
    """`spooled` is None where events are taken in elsewhere, else bytes and since when (epoch milliseconds)."""

    data: Path
    check_plan: Callable[[bytes], bytes]
    check_exclusion: Callable[[str, str], tuple[str, str]]
    most_exclusions: int
    spooled: Callable[[], tuple[int, float] | None]
    given: Deeds | None

    @property
    def deeds(self) -> Deeds:
        """Raises Forbidden where this server has not been given the operator's connections."""
        if self.given is None:
            raise Forbidden(
                "this server cannot reach raw events: set GOODDATA_OPERATOR_RAW_DSN and "
                "GOODDATA_OPERATOR_ANALYTICS_DSN to the DSNs of a login that is a member of gooddata_operator, and "
                "start it again; until then, the gooddata command does it"
            )
        return self.given
