"""What was found of one thing."""

from typing import Literal

import msgspec

from gooddata.inside.redact import redacted

State = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True):
    """`name` is the thing that was looked at, `action` what to do, None where nothing is to be done."""

    name: str
    state: State
    message: str
    action: str | None = None


def ok(name: str, message: str) -> Finding:
    return Finding(name, "ok", redacted(message))


def warn(name: str, message: str, action: str) -> Finding:
    return Finding(name, "warn", redacted(message), action)


def fail(name: str, message: str, action: str) -> Finding:
    return Finding(name, "fail", redacted(message), action)


def span(seconds: float) -> str:
    """
    >>> [span(each) for each in (0.4, 59, 600, 90_000, 864_000)]
    ['0.4 seconds', '59 seconds', '10 minutes', '25 hours', '10 days']
    """
    if seconds < 10:
        return f"{seconds:.1f} seconds"
    for size, name, past in ((1, "seconds", 120), (60, "minutes", 7_200), (3_600, "hours", 172_800)):
        if seconds < past:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def size(count: float) -> str:
    """
    >>> size(3 * 1_048_576)
    '3.0 MiB'
    """
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1_024:
            return f"{count:.0f} bytes" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1_024
    return f"{count:.1f} TiB"
