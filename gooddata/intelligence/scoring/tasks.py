"""The tasks that every live session is scored for: what is asked, of which moments, and what came of it."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from gooddata.intelligence.facts.fact import PAGE_VIEWS, Fact
from gooddata.intelligence.sessions.state import SessionState

LEAVES_WITHIN_MS = 30_000

CONVERTED = "the session has converted already"


class Ended(Protocol):
    """A session that has ended: its facts, of a very long one the first, and what is known of all of it; `later_pages`
    counts the page views after those facts."""

    @property
    def facts(self) -> Sequence[Fact]: ...

    @property
    def converted(self) -> bool: ...

    @property
    def last_at(self) -> int: ...

    @property
    def later_pages(self) -> int: ...


class Task(msgspec.Struct, frozen=True):
    """A question with a yes or a no that is known once the session has ended.

    `moments(facts)` is of how many of a session's first facts it may be asked; `came_true(session, place)` whether it
    did after the fact at `place`; `settled(session)` why there is nothing to ask any more, or None. `outcome` is what
    comes true, in a word, and `asks` the question.
    """

    name: str
    outcome: str
    moments: Callable[[Sequence[Fact]], int]
    came_true: Callable[[Ended, int], bool]
    settled: Callable[[SessionState], str | None]
    asks: str = ""


def _before_goal(facts: Sequence[Fact]) -> int:
    return next((place for place, fact in enumerate(facts) if fact.goal), len(facts))


def _ends_soon(session: Ended, place: int) -> bool:
    return session.last_at - session.facts[place].at <= LEAVES_WITHIN_MS


def _no_page_follows(session: Ended, place: int) -> bool:
    return not session.later_pages and not any(fact.type in PAGE_VIEWS for fact in session.facts[place + 1 :])


CONVERSION = Task(
    "conversion",
    "conversion",
    _before_goal,
    lambda session, place: session.converted,  # it is asked of moments before the goal alone
    lambda session: CONVERTED if session.goals else None,
    "does a goal event follow in this session?",
)
LEAVES_SOON = Task(
    "leave_30s",
    "departure",
    len,
    _ends_soon,
    lambda session: None,
    "is the session's last event at most 30 seconds away?",
)
LEAVES_BY_PAGE = Task(
    "leave_page",
    "departure",
    len,
    _no_page_follows,
    lambda session: None,
    "does no other page view follow in this session?",
)

TASKS = (CONVERSION, LEAVES_SOON, LEAVES_BY_PAGE)
NAMES = tuple(task.name for task in TASKS)
