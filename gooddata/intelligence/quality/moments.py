"""Which scores are kept as they were told: a sample, small enough to cost a worker next to nothing."""

from collections.abc import Iterable
from typing import Any

from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.scoring.score import Score

# One session in sixteen, by its id, which is a hash; whoever looks at a session decides the same.
_LAST_BITS = 15
# Of such a session, as long as it has no more events than this: long sessions must not rule.
FIRST_EVENTS = 32


def sampled(scores: Iterable[Score]) -> list[str]:
    """The columns of put_moments.sql, of those scores that are kept; empty where none is."""
    return columns(
        (session.project, session.session_id, each.task, session.events, session.last_at, each.model, each.score)
        for each in scores
        if not (session := each.session).session_id.bytes[15] & _LAST_BITS
        and each.score is not None
        and session.events <= FIRST_EVENTS
    )


def is_sampled(session_id: Any) -> bool:
    """Whether scores of a session are kept."""
    return not session_id.bytes[15] & _LAST_BITS
