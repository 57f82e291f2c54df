"""The rules of all projects: read from the control tables, with a copy on this machine's disk, so that they hold while
the analytics database is away."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.ingestion.kept_copy import keep_copy
from gooddata.ingestion.rules.plan import PlanDocument
from gooddata.ingestion.rules.project import Rules, RulesDocument
from gooddata.ingestion.rules.violations import Violations
from gooddata.sql import statement

_REVISIONS = statement(__package__, "revisions")
_PLANS = statement(__package__, "plans")
_EXCLUSIONS = statement(__package__, "exclusions")

logger = logging.getLogger(__name__)


class RuleBook:
    """`of(project)` answers from memory: None, at the price of a look into a dictionary, where there are no rules."""

    def __init__(self, copy: Path, violations: Violations) -> None:
        self.violations = violations
        self._copy = copy
        self._documents: dict[str, RulesDocument] = {}
        self._rules: dict[str, Rules] = {}
        self._known = False

    def of(self, project: str) -> Rules | None:
        return self._rules.get(project)

    async def refresh(self, connection: Any) -> None:
        """Reads what has changed. Raises what asyncpg raises while the database is away."""
        exclusions: dict[str, list[tuple[str, str]]] = {}
        for project, kind, value in await connection.fetch(_EXCLUSIONS):
            exclusions.setdefault(project, []).append((kind, value))
        revisions = {project: str(revision) for project, revision in await connection.fetch(_REVISIONS)}
        plans = {project: document.plan for project, document in self._documents.items() if project in revisions}
        wanted = [p for p in revisions if p not in self._documents or self._documents[p].revision != revisions[p]]
        if wanted:
            for project, revision, plan in await connection.fetch(_PLANS, wanted):
                revisions[project], plans[project] = str(revision), msgspec.json.decode(plan, type=PlanDocument)
        documents = {
            project: RulesDocument(revisions.get(project), plans.get(project), exclusions.get(project, []))
            for project in {*revisions, *exclusions}
        }
        if documents != self._documents or not self._known:
            await self._take(documents)
            keep_copy(self._copy, msgspec.json.encode(documents))

    async def recall(self) -> None:
        """Takes the rules from the copy on disk, when none could be read since the start."""
        if not self._known and self._copy.exists():
            await self._take(msgspec.json.decode(self._copy.read_bytes(), type=dict[str, RulesDocument]))

    async def _take(self, documents: dict[str, RulesDocument]) -> None:
        for project in self._rules.keys() - documents.keys():
            del self._rules[project]
        for project, document in documents.items():
            if project in self._rules and self._documents.get(project) == document:
                continue
            try:
                self._rules[project] = await asyncio.to_thread(Rules, project, document, self.violations)
            except InputError as failure:
                # Checked when it was set; only a newer version can have set what this one does not take.
                logger.error("the tracking plan of project %s is not in force: %s", project, failure)
        self._documents = documents
        self._known = True
