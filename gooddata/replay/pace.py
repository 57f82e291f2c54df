"""When to send: `--speed` and `--shift`."""

import asyncio
import math
import re
import time
from typing import Literal

from gooddata.errors import InputError

Shift = int | Literal["now"]
"""Milliseconds to add to every time, or `now`: as many as make the last event happen at the start of the replay."""

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SHORTEST_WAIT = 0.1
"""Seconds, by which an event may be early. Waiting for every single one would send every one by itself."""


def parse_speed(text: str) -> float:
    """`max` is infinity, `10x` ten times as fast as it happened. Raises InputError."""
    if text == "max":
        return math.inf
    found = re.fullmatch(r"(\d+(?:\.\d+)?)x", text, re.ASCII)
    if not found or float(found[1]) == 0:
        raise InputError(f"{text!r} is no speed; write max, 1x, 10x or 0.5x.", "speed")
    return float(found[1])


def parse_shift(text: str) -> Shift:
    """`now`, or a duration like `90d`, `12h`, `-30m`, in milliseconds. Raises InputError."""
    if text == "now":
        return "now"
    found = re.fullmatch(r"([+-]?\d{1,9}(?:\.\d+)?)([smhdw])", text, re.ASCII)
    if not found:
        raise InputError(f"{text!r} is no shift; write now, or a duration like 90d, 12h or -30m.", "shift")
    return round(float(found[1]) * _SECONDS[found[2]] * 1_000)


class Pace:
    """Lets events pass when their time has come, `speed` times as fast as it ran; from the first event it sees."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._origin: tuple[int, float] | None = None

    def wait(self, at: int) -> float:
        """Seconds until an event of epoch milliseconds `at` is due; 0 where it is, or nearly is."""
        now = time.monotonic()
        if self._origin is None:
            self._origin = (at, now)
        first, started = self._origin
        pause = started + (at - first) / 1_000 / self._speed - now
        return pause if pause >= _SHORTEST_WAIT else 0.0


async def sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but wake up as soon as `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
