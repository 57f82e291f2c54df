"""The span of time a question is about."""

from datetime import UTC, datetime, timedelta

import msgspec

from gooddata.errors import InputError

DEFAULT_SPAN = timedelta(hours=24)
INTERVALS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
MOST_POINTS = 5_000

# A year away from where datetime ends, so that time zones and steps of time have room.
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class Period(msgspec.Struct, frozen=True):
    """From `start`, a whole minute, up to but without `end`; both in UTC."""

    start: datetime
    end: datetime

    def previous(self) -> "Period":
        """The period of the same length that ends where this one starts, as far back as there are dates."""
        return Period(self.start - min(self.end - self.start, self.start - _FIRST), self.start)

    def require_points(self, interval: str) -> timedelta:
        """The interval's length; raises InputError when it is unknown or would make too many points."""
        step = INTERVALS.get(interval)
        if step is None:
            raise InputError(f"interval must be one of {', '.join(INTERVALS)}", "interval")
        points = (self.end - self.start) / step
        if points > MOST_POINTS:
            raise InputError(f"{points:,.0f} points are too many; ask for a longer interval or less time", "interval")
        return step


def period(start: str | None, end: str | None, now: datetime | None = None) -> Period:
    """The period between two moments, each ISO 8601 or epoch milliseconds; the last 24 hours by default."""
    since = _moment(start, "from") if start else None
    until = _moment(end, "to") if end else now or datetime.now(UTC)
    since = until - DEFAULT_SPAN if since is None else since
    if since >= until:
        raise InputError("from must be before to", "from")
    return Period(since.replace(second=0, microsecond=0), until)


def moment(text: str | None, field: str, ago: timedelta) -> datetime:
    """A moment given as ISO 8601 or epoch milliseconds; so long ago where none is given."""
    return _moment(text, field) if text else datetime.now(UTC) - ago


def moment_or_now(text: str | None, field: str) -> datetime:
    """The same; now where none is given."""
    return moment(text, field, timedelta())


def _moment(text: str, field: str) -> datetime:
    try:
        if text.lstrip("-").isdigit():
            found = datetime.fromtimestamp(int(text) / 1000, UTC)
        else:
            said = datetime.fromisoformat(text)
            found = said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(f"{field} must be an ISO 8601 date and time, or epoch milliseconds", field) from None
    if not _FIRST <= found < _LAST:
        raise InputError(f"{field} must be in one of the years {_FIRST.year} to {_LAST.year - 1}", field)
    return found
