"""Parts of the sessions by time: what a model learns from always lies before what it is judged by."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from gooddata.intelligence.training.examples import StoredSession

CALIBRATE_FROM = 0.60
TEST_FROM = 0.75
REFIT_CALIBRATE_FROM = 0.80


class Parts(msgspec.Struct, frozen=True):
    """`split_at` is when, in epoch milliseconds, the first held-out session started."""

    train: list[StoredSession]
    calibrate: list[StoredSession]
    test: list[StoredSession]
    split_at: int


def split(sessions: Sequence[StoredSession]) -> Parts:
    """The first 60% to learn from, the next 15% to calibrate on, the newest 25% held out; `sessions` sorted by start.

    A session that had not ended when the next part begins is left out: its outcome was not known then.
    """
    train, rest = _cut(sessions, CALIBRATE_FROM)
    calibrate, test = _cut(rest, (TEST_FROM - CALIBRATE_FROM) / (1 - CALIBRATE_FROM))
    return Parts(train, calibrate, test, test[0].started_at if test else 0)


def split_for_refit(sessions: Sequence[StoredSession]) -> tuple[list[StoredSession], list[StoredSession]]:
    """All sessions, once judging is done: the first 80% to learn from, the newest 20% to calibrate on."""
    return _cut(sessions, REFIT_CALIBRATE_FROM)


def iso(at: int) -> str:
    """A moment, epoch milliseconds, as figures of models tell it."""
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds")


def _cut(sessions: Sequence[StoredSession], share: float) -> tuple[list[StoredSession], list[StoredSession]]:
    place = round(len(sessions) * share)
    after = list(sessions[place:])
    begin = after[0].started_at if after else None
    return [session for session in sessions[:place] if begin is None or session.last_at < begin], after
