"""A score, and how listeners are told of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from gooddata.intelligence.sessions.state import SessionState

# PostgreSQL takes notices of up to 8,000 bytes, the terminating NUL included.
NOTICE_BYTES = 7_900

_encode = msgspec.json.Encoder().encode


class Quality(msgspec.Struct, frozen=True):
    """How good a model was on the sessions held out: area under the ROC curve, log loss, calibration error."""

    auc: float
    log_loss: float
    ece: float


class Score(msgspec.Struct, frozen=True):
    """What a model says of a session: a probability from 0 to 1, or None and the reason."""

    session: SessionState
    task: str
    score: float | None
    reason: str | None
    model: int | None = None
    trained_on: str | None = None
    quality: Quality | None = None


def notices(scores: Iterable[Score], now: datetime | None = None) -> list[str]:
    """The scores as JSON arrays of one object a session, none longer than NOTICE_BYTES."""
    computed_at = (now or datetime.now(UTC)).isoformat(timespec="milliseconds")
    by_session: dict[Any, list[Score]] = {}
    for score in scores:
        by_session.setdefault(score.session.session_id, []).append(score)
    return _packed([_encode(_notice(of_one, computed_at)) for of_one in by_session.values()])


def _notice(scores: Sequence[Score], computed_at: str) -> dict[str, Any]:
    session = scores[0].session
    return {
        "project": session.project,
        "visitor": str(session.visitor),
        "session": str(session.session_id),
        "scores": {
            score.task: {
                "score": score.score,
                "abstained": score.score is None,
                "reason": score.reason,
                "model": score.model,
                "trained_on": score.trained_on,
                "quality": score.quality,
            }
            for score in scores
        },
        "last_event": str(session.last_event),
        "computed_at": computed_at,
    }


def _packed(items: Sequence[bytes]) -> list[str]:
    packed: list[str] = []
    waiting: list[bytes] = []
    size = 2
    for item in items:
        if waiting and size + len(item) + 1 > NOTICE_BYTES:
            packed.append(_array(waiting))
            waiting, size = [], 2
        waiting.append(item)
        size += len(item) + 1
    if waiting:
        packed.append(_array(waiting))
    return packed


def _array(items: Sequence[bytes]) -> str:
    return (b"[" + b",".join(items) + b"]").decode()
