"""Which events count as a conversion, and which properties go on to analytics, by project."""

from typing import Any

from gooddata.sql import statement

_GOALS = statement(__package__, "goals")


class Goals:
    """The goals of every project, as of the last `refresh`; `missed` are projects asked for that it did not know.

    `properties` are the names of those that a project allows, of the projects that allow any.
    """

    def __init__(self) -> None:
        self.properties: dict[str, frozenset[str]] = {}
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
        """Reads all of it anew. Projects that were missed and are still not there have none, until the next time."""
        rows = await database.fetch(_GOALS)
        names = {row["project_id"]: frozenset(row["goals"]) for row in rows}
        self.properties = {row["project_id"]: frozenset(row["properties"]) for row in rows if row["properties"]}
        self._names = {**dict.fromkeys(self.missed, frozenset()), **names}
        self.missed = set()
