"""Who comes on which day: mostly once, some often, by a power law; and what visitors are, which stays."""

import msgspec
import numpy as np

from bench.query_data import mix

EVENTS_A_SESSION = 9.98
FOLLOWED = 0.12  # of sessions, by another one of the same visitor on the same day
_MOST_VISITS = 120
_BEFORE_DAYS = 45  # visitors who are there were new up to so long before the data begins


class Visits(msgspec.Struct, frozen=True):
    """`of_day[day]` are the visitors who come on that day; `ids` (16 bytes each) and the others are theirs."""

    of_day: list[np.ndarray]
    ids: np.ndarray
    device: np.ndarray
    browser: np.ndarray
    country: np.ndarray

    @property
    def heads(self) -> np.ndarray:
        """The numbers by which sketches tell visitors apart."""
        return np.ascontiguousarray(self.ids[:, :8]).view("<i8").ravel()


def plan(seed: int, events: int, days: int, weekday: int) -> Visits:
    """Visits that will have about so many events in all; the first day is a `weekday` (0 is Monday)."""
    rng = np.random.default_rng([seed, 0])
    wanted = max(1, round(events / EVENTS_A_SESSION / (1 + FOLLOWED)))
    number = max(8, wanted // 2)
    while True:
        visitor, day = _come(rng, number, days, weekday)
        if len(day) >= wanted:
            break
        number = round(number * max(1.1, wanted / max(1, len(day)) * 1.05))
    kept = np.sort(rng.permutation(len(day))[:wanted])
    visitor, day = visitor[kept], day[kept]
    order = np.argsort(day, kind="stable")
    bounds = np.searchsorted(day[order], np.arange(days + 1))
    of_day = [visitor[order[bounds[n] : bounds[n + 1]]].astype(np.int32) for n in range(days)]
    ids = np.frombuffer(rng.bytes(16 * number), np.uint8).reshape(number, 16)
    device = mix.draw(rng, mix.DEVICE_CHANCES, number).astype(np.int8)
    browser = (rng.random(number)[:, None] >= mix.BROWSER_CHANCES[device]).sum(axis=1).astype(np.int8)
    country = mix.draw(rng, mix.COUNTRY_CHANCES, number).astype(np.int8)
    return Visits(of_day, ids, device, browser, country)


def _come(rng: np.random.Generator, number: int, days: int, weekday: int) -> tuple[np.ndarray, np.ndarray]:
    """Visitors and days, once a day at most; fewer at the weekend."""
    visits = 1 + mix.draw(rng, mix.zipf(_MOST_VISITS, 1.9), number)
    first = np.cumsum(visits) - visits
    visitor = np.repeat(np.arange(number, dtype=np.int32), visits)
    pause = np.repeat(rng.lognormal(1.5, 0.8, number).astype(np.float32), visits)
    gaps = 1 + (rng.standard_exponential(len(visitor), dtype=np.float32) * pause).astype(np.int32)
    gaps[first] = 0
    since = np.cumsum(gaps)
    day = since - np.repeat(since[first], visits) + np.repeat(rng.integers(-_BEFORE_DAYS, days, number), visits)
    likely = mix.WEEKDAYS / mix.WEEKDAYS.max()
    there = (day >= 0) & (day < days) & (rng.random(len(day)) < likely[(day + weekday) % 7])
    return visitor[there], day[there]
