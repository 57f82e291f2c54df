"""Scores sessions: all that changed in a round at once, project by project."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from gooddata.intelligence.scoring.models import Model, Models
from gooddata.intelligence.scoring.propensity import TASK
from gooddata.intelligence.scoring.score import Score
from gooddata.intelligence.sessions.features import features
from gooddata.intelligence.sessions.state import SessionState

CONVERTED = "the session has converted already"
AUTOMATED = "the session is of a program, not of a person"
UNTRAINED = "no model has been trained yet"


def score_sessions(sessions: Iterable[SessionState], models: Models) -> list[Score]:
    """One score a session, or the reason why it has none."""
    scores: list[Score] = []
    open_questions: defaultdict[str, list[SessionState]] = defaultdict(list)
    for session in sessions:
        model = models.of(session.project, TASK)
        reason = _abstention(session, model)
        if reason is None:
            open_questions[session.project].append(session)
        else:
            scores.append(_score(session, None, reason, model))
    for project, asked in open_questions.items():
        model = models.of(project, TASK)
        assert model is not None
        probabilities = model.predict(np.array([features(session) for session in asked], dtype=np.float64))
        scores += [
            _score(session, round(probability, 4), None, model)
            for session, probability in zip(asked, probabilities.tolist(), strict=True)
        ]
    return scores


def _abstention(session: SessionState, model: Model | None) -> str | None:
    if session.goals:
        return CONVERTED
    if session.automated:
        return AUTOMATED
    if model is None:
        return UNTRAINED
    return None if model.predictor is not None else model.reason


def _score(session: SessionState, score: float | None, reason: str | None, model: Model | None) -> Score:
    if model is None:
        return Score(session, TASK, score, reason)
    return Score(session, TASK, score, reason, model.version, model.trained_on, model.quality)
