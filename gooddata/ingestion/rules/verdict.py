"""What the rules of a project say of one event."""

import msgspec

OWN_TRAFFIC = "own_traffic"
TRACKING_PLAN = "tracking_plan"


class Kept(msgspec.Struct, frozen=True):
    """The event goes on."""


class Dropped(msgspec.Struct, frozen=True):
    """The event is valid and filtered: counted under its reason, not stored."""

    reason: str


class Violates(msgspec.Struct, frozen=True):
    """The event does not follow a rule that is enforced: its sender is told the field and what is wrong with it."""

    reason: str
    field: str | None
    message: str


KEPT = Kept()
OWN = Dropped(OWN_TRAFFIC)
Verdict = Kept | Dropped | Violates
