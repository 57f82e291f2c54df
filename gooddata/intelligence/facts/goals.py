"""Which events count as a conversion, by project."""

from typing import Any

from gooddata.sql import statement

_GOALS = statement(__package__, "goals")


class Goals:
    """The goals of every project, as of the last `refresh`; `missed` are projects asked for that it did not know."""

    def __init__(self) -> None:
        self.missed: set[str] = set()
        self._names: dict[str, frozenset[str]] = {}

    def of(self, project: str) -> frozenset[str]:
        """The event names that are goals of `project`."""
        names = self._names.get(project)
        if names is None:
            self.missed.add(project)
            return frozenset()
        return names

    async def refresh(self, database: Any) -> None:
        """Reads all goals anew. Projects that were missed and are still not there have none, until the next time."""
        names = {row["project_id"]: frozenset(row["goals"]) for row in await database.fetch(_GOALS)}
        self._names = {**dict.fromkeys(self.missed, frozenset()), **names}
        self.missed = set()
