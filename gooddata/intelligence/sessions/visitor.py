"""What a worker keeps in memory of a visitor, and for how many of them."""

from collections import OrderedDict
from collections.abc import Collection

import msgspec

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.sessions.history import FIRST_VISIT, History
from gooddata.intelligence.sessions.rule import session_id
from gooddata.intelligence.sessions.state import SessionState

VisitorKey = tuple[str, object]  # project, and the visitor's pseudonym


class Visitor(msgspec.Struct):
    """A visitor's latest session, if there was one, and what came before it."""

    history: History = FIRST_VISIT
    session: SessionState | None = None

    def begin(self, first: Fact) -> SessionState:
        """Ends the latest session and begins another with `first`."""
        history = self.history
        if self.session is not None:
            history = history.after(self.session.goals > 0, self.session.last_at)
        self.history = history
        self.session = SessionState(session_id(first.project_id, first.visitor, first.at), history, first)
        return self.session


class Memory:
    """The visitors that were active last, at most `limit` of them, by the log's partitions that they are of; the others
    are read back when they return.

    `days` are those (counted from 1970) that the tables have windows for.
    """

    def __init__(self, limit: int) -> None:
        self.days: set[int] = set()
        self._limit = limit
        self._visitors: OrderedDict[VisitorKey, tuple[int, Visitor]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._visitors)

    def get(self, key: VisitorKey) -> Visitor | None:
        known = self._visitors.get(key)
        if known is None:
            return None
        self._visitors.move_to_end(key)
        return known[1]

    def put(self, key: VisitorKey, visitor: Visitor, partition: int) -> None:
        self._visitors[key] = partition, visitor

    def forget(self, key: VisitorKey) -> None:
        self._visitors.pop(key, None)

    def keep(self, partitions: Collection[int]) -> None:
        """Lets go of the visitors of all other partitions: another worker may change them from now on, or has."""
        for key in [key for key, (partition, _) in self._visitors.items() if partition not in partitions]:
            del self._visitors[key]

    def shrink(self) -> None:
        """Lets go of the visitors that were not heard of for longest, down to the limit."""
        while len(self._visitors) > self._limit:
            self._visitors.popitem(last=False)

    def clear(self) -> None:
        """Lets go of everybody, when memory may no longer be what the tables hold."""
        self._visitors.clear()
        self.days.clear()
