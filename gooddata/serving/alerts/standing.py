"""Where a rule stands, look by look: it fires once, is over once, and says so no more often than it may."""

from datetime import datetime, timedelta

import msgspec


class Standing(msgspec.Struct, frozen=True):
    """As kept in control.alert_state: `against` counts the newest looks in a row that say the opposite of `firing`."""

    firing: bool
    since: datetime
    against: int = 0
    told_firing: bool = False
    told_at: datetime | None = None


def looked(standing: Standing, holds: bool | None, looks: int, at: datetime) -> Standing:
    """After one more look at `at`; None where nothing could be said, which counts neither way."""
    if holds is None:
        return standing
    if holds == standing.firing:
        return msgspec.structs.replace(standing, against=0)
    if standing.against + 1 < looks:
        return msgspec.structs.replace(standing, against=standing.against + 1)
    return msgspec.structs.replace(standing, firing=holds, since=at, against=0)


def is_news(standing: Standing, quiet: timedelta, at: datetime) -> bool:
    """Whether somebody is to be told now: it differs from what was said last, and that was `quiet` ago or more."""
    return standing.firing != standing.told_firing and (standing.told_at is None or at - standing.told_at >= quiet)


def told(standing: Standing, at: datetime) -> Standing:
    return msgspec.structs.replace(standing, told_firing=standing.firing, told_at=at)
