"""Spans of time as people write them."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta | None:
    """The span that text as 90s, 30m, 2h or 7d means; None where it means none."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
