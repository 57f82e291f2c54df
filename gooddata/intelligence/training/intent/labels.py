"""What came after a vector: the first of four things that is true of it."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.scoring.propensity import Matrix
from gooddata.intelligence.training.examples import StoredSession, moments

CLASSES = ("convert", "struggle", "leave", "browse")
"""In the order in which they are asked for; the last one is what remains."""

LEAVING_MS = 30_000
STRUGGLING_MS = 60_000
STRUGGLES = frozenset({"$rage_click", "$dead_click", "$error", "$form_abandon", "$cursor_thrash"})


class Examples(msgspec.Struct):
    """Vectors (n, fields), for each whether each class is true of it (n, classes), and whose session it is (n,)."""

    vectors: Matrix
    truths: np.ndarray
    of_session: np.ndarray

    def labels(self, classes: Sequence[str]) -> np.ndarray:
        """The place in `classes`, which are some of CLASSES in their order and the last, of the first that is true."""
        columns = [CLASSES.index(name) for name in classes]
        return np.argmax(self.truths[:, columns], axis=1)

    def sessions_with(self, name: str) -> int:
        """In how many sessions there is an example of which it is true."""
        return len(np.unique(self.of_session[self.truths[:, CLASSES.index(name)]]))


def examples_of(sessions: Sequence[StoredSession]) -> Examples:
    """Moments of sessions at which the engine sent a vector of the present version, none at or after the first goal."""
    vectors: list[list[float]] = []
    truths: list[tuple[bool, ...]] = []
    of_session: list[int] = []
    for number, session in enumerate(sessions):
        before = next((place for place, fact in enumerate(session.facts) if fact.goal), len(session.facts))
        measured = [fact for fact in session.facts[:before] if fact.vector and fact.vector_version == FIELDS.version]
        struggles = [fact.at for fact in session.facts if fact.name in STRUGGLES]
        for place in sorted(moments(len(measured))):
            at = measured[place].at
            if session.later_events and at + STRUGGLING_MS > session.facts[-1].at:
                continue  # what came within the minute is not among the facts
            vectors.append(measured[place].vector or [])
            truths.append(
                (
                    session.converted,
                    any(at < struggle <= at + STRUGGLING_MS for struggle in struggles),
                    session.last_at - at <= LEAVING_MS,
                    True,
                )
            )
            of_session.append(number)
    return Examples(
        np.array(vectors, dtype=np.float64).reshape(-1, len(FIELDS.fields)),
        np.array(truths, dtype=bool).reshape(-1, len(CLASSES)),
        np.array(of_session, dtype=np.int64),
    )
