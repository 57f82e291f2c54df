"""Plain rules: what people hardly ever do, whatever is usual on a site."""

from collections.abc import Callable

import msgspec

from gooddata.intelligence.automated.conduct import Conduct, evenness
from gooddata.intelligence.moments import HOUR_MS

_MINUTE_MS = 60_000


class Rule(msgspec.Struct, frozen=True):
    """`count` is how much of it a session did, 0 where the rule does not hold; `said` tells it. `strength`, 0 to 1, is
    the least score of a session that did. `needs` is as of Behaviour."""

    name: str
    said: str
    strength: float
    count: Callable[[Conduct], int]
    needs: str | None = None


def _hours(told: Conduct) -> int:
    hours = len({start // HOUR_MS for start in told.starts})
    return hours if hours >= 12 else 0


def _clockwork(times: list[int], least: int, even: float) -> int:
    found = evenness(times, least)
    return len(times) if found is not None and found >= even else 0


def _fast(told: Conduct) -> int:
    if told.pages < 20:
        return 0
    return told.pages if told.page_times[-1] - told.page_times[0] < (told.pages - 1) * _MINUTE_MS / 30 else 0


RULES = (
    Rule("robots", "asked for what only programs read, such as robots.txt, {} times", 0.9, lambda c: c.robots),
    Rule("probes", "asked {} times for files that only somebody looking for holes asks for", 0.9, lambda c: c.probes),
    Rule("around_the_clock", "had sessions in {} different hours of 24", 0.9, _hours),
    Rule("clock_sessions", "{} sessions like clockwork", 0.8, lambda c: _clockwork(c.starts, 5, 0.85)),
    Rule("clock_pages", "{} pages like clockwork", 0.8, lambda c: _clockwork(c.page_times, 8, 0.85)),
    Rule("fast", "{} pages at more than 30 a minute", 0.8, _fast),
    Rule("unattended", "{} pages, and nothing that only somebody at a screen does", 0.8,
         lambda c: c.pages if c.pages >= 8 and not c.signs else 0, needs="signs"),
    Rule("bare", "{} pages, and none of their pictures, styles or scripts", 0.6,
         lambda c: c.pages if c.pages >= 5 and not c.assets else 0, needs="assets"),
)  # fmt: skip


def broken(told: Conduct, shown: frozenset[str]) -> list[tuple[Rule, int]]:
    """The rules that hold for a session, the strongest first, of those whose needs are among `shown`."""
    held = [
        (rule, count) for rule in RULES if (rule.needs is None or rule.needs in shown) and (count := rule.count(told))
    ]
    return sorted(held, key=lambda each: -each[0].strength)
