"""The rules of one project, made ready to judge its events."""

from collections.abc import Sequence

import msgspec

from gooddata.ingestion.rules.exclusions import Exclusion, Exclusions
from gooddata.ingestion.rules.plan import Plan, PlanDocument
from gooddata.ingestion.rules.verdict import KEPT, OWN, TRACKING_PLAN, Verdict, Violates
from gooddata.ingestion.rules.violations import Violations
from gooddata.ingestion.sender import Address


class RulesDocument(msgspec.Struct, frozen=True):
    """The rules as the control tables, and the copy on disk, hold them."""

    revision: str | None = None
    plan: PlanDocument | None = None
    exclusions: Sequence[Exclusion] = ()


class Rules:
    """First `excludes_request`, once a request; then `judge`, once an event that `check` accepted.

    Raises InputError when the plan has a schema that this version cannot use.
    """

    def __init__(self, project: str, document: RulesDocument, violations: Violations) -> None:
        self._project = project
        self._violations = violations
        self._plan = Plan(document.plan) if document.plan else None
        exclusions = Exclusions(document.exclusions)
        self._of_senders = exclusions if exclusions.of_senders else None
        self._of_events = exclusions if exclusions.of_events else None

    def looks_at_senders(self) -> bool:
        """Whether it matters where a request comes from."""
        return self._of_senders is not None

    def excludes_sender(self, address: Address | None, agent: str | None) -> bool:
        """Whether all events of a request are the project's own traffic, by where they come from."""
        return self._of_senders is not None and self._of_senders.match_sender(address, agent)

    def excludes_context(self, context: bytes | None) -> bool:
        """Whether all events of a request are the project's own traffic, by the context that they share."""
        return context is not None and self._of_events is not None and self._of_events.match_context(context)

    def judge(self, raw: bytes) -> Verdict:
        """Judges the JSON of one event; what differs from the plan is noted, and refused if the plan is enforced."""
        if self._of_events is not None and self._of_events.match_event(raw):
            return OWN
        if self._plan is None or (violation := self._plan.violation(raw)) is None:
            return KEPT
        enforced = self._plan.enforced
        self._violations.note(self._project, violation, "rejected" if enforced else "stored")
        if not enforced:
            return KEPT
        return Violates(TRACKING_PLAN, violation.field, f"{violation.field}: {violation.message}")
