"""Examples for the tasks of a session: what was known at a moment, and what came true after it."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.scoring.propensity import Matrix, Vector
from gooddata.intelligence.scoring.tasks import CONVERSION, TASKS, Task
from gooddata.intelligence.sessions.features import NAMES, features
from gooddata.intelligence.sessions.history import History
from gooddata.intelligence.sessions.state import SessionState

# Moments of one session that become examples: enough to see it early and late, few enough that no long one rules.
MOMENTS = 12
_FIRST_MOMENTS = 4


class StoredSession(msgspec.Struct):
    """A finished session and its facts, in order; times are epoch milliseconds.

    Of a very long one the first facts alone are here: `later_events` and `later_pages` count those that follow them.
    """

    started_at: int
    last_at: int
    converted: bool
    simulated: bool
    history: History
    facts: list[Fact]
    later_events: int = 0
    later_pages: int = 0


class Examples(msgspec.Struct):
    """Features (n, len(NAMES)), labels (n,) of 0 and 1, and which of `sessions` each example is of (n,)."""

    matrix: Matrix
    labels: Vector
    of_session: np.ndarray
    sessions: Sequence[StoredSession]

    def came_true(self) -> int:
        """Of how many of the sessions that gave an example what was asked came true after it."""
        return len(np.unique(self.of_session[self.labels == 1]))

    def some(self, chosen: np.ndarray) -> "Examples":
        """Those at which `chosen` (n,) is true."""
        return Examples(self.matrix[chosen], self.labels[chosen], self.of_session[chosen], self.sessions)


class Replayed:
    """Sessions replayed once, for any number of tasks."""

    def __init__(self, sessions: Sequence[StoredSession], tasks: Sequence[Task] = TASKS) -> None:
        rows: list[list[float]] = []
        # By the identity of a session, which parts of the sessions share: the row of each moment.
        self._rows: dict[int, dict[int, int]] = {}
        for session in sessions:
            wanted = frozenset().union(*(moments(task.moments(session.facts)) for task in tasks))
            of_session = self._rows[id(session)] = {}
            for place, row in _moments_of(session, wanted):
                of_session[place] = len(rows)
                rows.append(row)
        self.sessions = sessions
        self._matrix = np.array(rows, dtype=np.float64).reshape(-1, len(NAMES))

    def examples(self, sessions: Sequence[StoredSession], task: Task) -> Examples:
        """One example per moment of these, which are some of those replayed, of which `task` may be asked."""
        rows: list[int] = []
        labels: list[bool] = []
        of_session: list[int] = []
        for number, session in enumerate(sessions):
            row_of = self._rows[id(session)]
            for place in sorted(moments(task.moments(session.facts))):
                rows.append(row_of[place])
                labels.append(task.came_true(session, place))
                of_session.append(number)
        return Examples(
            self._matrix[np.array(rows, dtype=np.int64)],
            np.array(labels, dtype=np.float64),
            np.array(of_session, dtype=np.int64),
            sessions,
        )


def examples_of(sessions: Sequence[StoredSession], task: Task = CONVERSION) -> Examples:
    """Replays sessions: one example per moment of which `task` may be asked."""
    return Replayed(sessions, (task,)).examples(sessions, task)


def _moments_of(session: StoredSession, wanted: frozenset[int]) -> Iterable[tuple[int, list[float]]]:
    """The wanted places of facts, and the features after each."""
    state: SessionState | None = None
    for place, fact in enumerate(session.facts[: max(wanted, default=-1) + 1]):
        if state is None:
            assert fact.session_id is not None
            state = SessionState(fact.session_id, session.history, fact)
        else:
            state.update(fact)
        if place in wanted:
            yield place, features(state)


def moments(events: int) -> frozenset[int]:
    """After which of a session's `events` it is looked at: the first few, and the rest evenly, MOMENTS at most.

    >>> sorted(moments(3))
    [0, 1, 2]
    >>> sorted(moments(40))
    [0, 1, 2, 3, 8, 13, 18, 23, 28, 33, 38, 39]
    """
    if events <= MOMENTS:
        return frozenset(range(events))
    rest = np.linspace(_FIRST_MOMENTS, events - 1, MOMENTS - _FIRST_MOMENTS + 1)[1:].astype(int)
    return frozenset(range(_FIRST_MOMENTS)) | frozenset(rest.tolist())
