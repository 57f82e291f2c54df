"""Facts and visits to try things on."""

import uuid
from collections.abc import Iterable
from typing import Any

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.sessions.history import FIRST_VISIT, History
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.intelligence.sessions.state import SessionState

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_790_000_000_000 // DAY * DAY + 10 * HOUR

VISITOR = UUID(uuid.uuid5(uuid.NAMESPACE_DNS, "visitor").bytes)


def a_fact(at: int = START, type: str = "track", name: str | None = None, **fields: Any) -> Fact:
    """A fact at `at` (epoch ms); an event id of its own unless one is given."""
    columns: dict[str, Any] = dict.fromkeys(Fact.__struct_fields__[:25])
    columns |= {
        "project_id": "shop",
        "event_id": UUID(uuid.uuid4().bytes),
        "visitor": VISITOR,
        "type": type,
        "name": name if name or type != "track" else "Something Done",
        "goal": False,
        "simulated": False,
        "automated": False,
        "at": at,
    }
    return Fact(**(columns | fields))


def a_session(facts: Iterable[Fact], history: History = FIRST_VISIT) -> SessionState:
    """The one session that `facts` make."""
    [counted] = sessions_of(facts, history)
    return counted.session
