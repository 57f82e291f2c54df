import asyncio
import math
import time

import pytest

from gooddata.errors import InputError
from gooddata.replay import pace
from gooddata.replay.pace import Pace, parse_shift, parse_speed, sleep_unless


@pytest.mark.parametrize(("text", "speed"), [("max", math.inf), ("1x", 1.0), ("10x", 10.0), ("0.5x", 0.5)])
def test_speeds(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["", "x", "10", "0x", "-1x", "fast", "1e3x", "maxx", "١x"])
def test_what_is_no_speed(text: str) -> None:
    with pytest.raises(InputError, match="no speed"):
        parse_speed(text)


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("now", "now"),
        ("90d", 7_776_000_000),
        ("12h", 43_200_000),
        ("-30m", -1_800_000),
        ("1.5s", 1_500),
        ("+1w", 604_800_000),
    ],
)
def test_shifts(text: str, shift: object) -> None:
    assert parse_shift(text) == shift


@pytest.mark.parametrize("text", ["", "later", "90", "d", "1y", "1 d", "9" * 30 + "w"])
def test_what_is_no_shift(text: str) -> None:
    with pytest.raises(InputError, match="no shift"):
        parse_shift(text)


def test_events_are_due_in_their_own_rhythm(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 100.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock)
    paced = Pace(10.0)
    assert paced.wait(5_000) == 0.0
    assert paced.wait(25_000) == pytest.approx(2.0)
    clock += 1.5
    assert paced.wait(25_000) == pytest.approx(0.5)
    clock += 1.0
    assert paced.wait(25_000) == 0.0
    assert paced.wait(1_000) == 0.0, "an event of before the first is due"


def test_an_event_that_is_nearly_due_goes_with_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.time, "monotonic", lambda: 100.0)
    paced = Pace(1.0)
    assert [paced.wait(at) for at in (0, 1, 99)] == [0.0, 0.0, 0.0]
    assert paced.wait(200) == pytest.approx(0.2)


def test_at_full_speed_nothing_waits() -> None:
    paced = Pace(math.inf)
    assert [paced.wait(at) for at in (0, 10**12, 5)] == [0.0, 0.0, 0.0]


async def test_a_sleep_ends_when_told_to_stop() -> None:
    stop = asyncio.Event()
    await sleep_unless(stop, 0.01)
    asyncio.get_running_loop().call_later(0.01, stop.set)
    started = time.monotonic()
    await sleep_unless(stop, 30.0)
    assert time.monotonic() - started < 5.0
