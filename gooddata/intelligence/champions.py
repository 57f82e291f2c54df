"""The models in use, and what a new one has to show to take the place of one."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from gooddata.errors import InputError
from gooddata.sql import statement

_Model = TypeVar("_Model")

_CHAMPIONS = statement(__package__, "champions")


class Champion(msgspec.Struct, frozen=True):
    """The version in use, as stored. `learned_until` (epoch ms) is when the last event happened that it learned from;
    `erased` says that somebody whom it may have learned from has been erased since; `sessions` is how many it learned
    from, where that is told."""

    version: int
    reason: str | None
    trained_on: str
    features: Sequence[str]
    learned_until: int | None
    erased: bool
    estimator: bytes | None
    sessions: int | None = None


class Decision(msgspec.Struct, frozen=True):
    """Whether the new model takes the place of the one in use, why, and by which figures, if they were compared."""

    promote: bool
    because: str
    compared: dict[str, Any] | None = None


async def champions(connection: Any, project: str, tasks: Sequence[str]) -> dict[str, Champion]:
    """By task, on a connection whose times are milliseconds."""
    return {
        row["task"]: Champion(*list(row.values())[1:])
        for row in await connection.fetch(_CHAMPIONS, project, list(tasks))
    }


def must_go(champion: Champion | None) -> str | None:
    """Why the model in use is replaced whatever takes its place, or None."""
    if champion is None:
        return "it is the first"
    if champion.erased:
        return f"version {champion.version} had learned from somebody who has been erased since"
    if champion.estimator is None:
        return f"version {champion.version} abstained"
    return None


def in_use(champion: Champion | None, loads: Callable[[bytes], _Model]) -> tuple[Champion, _Model] | Decision:
    """The champion and its model; or the decision, where it goes whatever takes its place, or cannot be read."""
    if (reason := must_go(champion)) is not None:
        return Decision(True, reason)
    assert champion is not None and champion.estimator is not None
    try:
        return champion, loads(champion.estimator)
    except InputError as failure:
        return Decision(True, f"version {champion.version} cannot be read: {failure}")


def observes_people(champion: Champion, trained_on: str) -> str | None:
    """That a new model, `trained_on` so, has learned from people alone, where the one in use has not; or None."""
    if champion.trained_on != "observed" and trained_on == "observed":
        return f"version {champion.version} learned from simulated sessions, this one from people's alone"
    return None
