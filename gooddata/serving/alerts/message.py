"""What is said: one message for all that has changed for a destination."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

MOST_TOLD = 100  # changes that one message spells out


class Change(msgspec.Struct, frozen=True):
    """One rule that fires, or is over."""

    rule: UUID
    name: str
    state: str
    condition: str
    observed: float | None
    since: datetime


class Message(msgspec.Struct, frozen=True):
    """The body of a webhook. `text` says it all in plain words; `left_out` changes are counted only."""

    delivery: UUID
    project: str
    at: datetime
    test: bool
    firing: int
    resolved: int
    left_out: int
    text: str
    alerts: list[Change]


def make(delivery: UUID, project: str, at: datetime, changes: Sequence[Change]) -> Message:
    """About all changes, those that fire first."""
    ordered = sorted(changes, key=lambda change: (change.state != "firing", change.name))
    firing = sum(change.state == "firing" for change in ordered)
    shown = ordered[:MOST_TOLD]
    left_out = len(ordered) - len(shown)
    lines = [_line(change) for change in shown] + ([f"and {left_out} more"] if left_out else [])
    return Message(delivery, project, at, False, firing, len(ordered) - firing, left_out, "\n".join(lines), shown)


def make_test(delivery: UUID, project: str, at: datetime) -> Message:
    return Message(delivery, project, at, True, 0, 0, 0, "This is a test of alerts. Nothing has happened.", [])


def subject(message: Message) -> str:
    """Of the mail that says the same."""
    if message.test:
        return f"[GoodData] {message.project}: a test of alerts"
    counts = [(message.firing, "firing"), (message.resolved, "resolved")]
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    only = f": {message.alerts[0].name}" if message.firing + message.resolved == 1 else ""
    return f"[GoodData] {message.project}: {said}{only}"


def _line(change: Change) -> str:
    now = "" if change.observed is None else f" (now {change.observed:g})"
    when = f"{change.since:%Y-%m-%d %H:%M} UTC"
    if change.state == "firing":
        return f"FIRING since {when}: {change.name}: {change.condition}{now}"
    return f"RESOLVED at {when}: {change.name}: {change.condition}, no longer{now}"
