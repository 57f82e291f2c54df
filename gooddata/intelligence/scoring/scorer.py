"""Scores sessions: all that changed in a round at once, project by project, for every task."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from gooddata.intelligence.scoring.models import Model, Models
from gooddata.intelligence.scoring.score import Score
from gooddata.intelligence.scoring.tasks import CONVERSION, TASKS, Task
from gooddata.intelligence.sessions.features import features
from gooddata.intelligence.sessions.state import SessionState

AUTOMATED = "the session is of a program, not of a person"
UNTRAINED = "no model has been trained yet"


def score_sessions(sessions: Iterable[SessionState], models: Models) -> list[Score]:
    """A score of each session for each task that the project has a model of, or the reason why it has none.

    Of a project without any model, conversion alone is told, with that for a reason.
    """
    by_project: defaultdict[str, list[SessionState]] = defaultdict(list)
    for session in sessions:
        by_project[session.project].append(session)
    scores: list[Score] = []
    for project, asked in by_project.items():
        # The same features for all tasks, and of those sessions only that one of them has something to ask of.
        known: dict[int, list[float]] = {}
        for task in TASKS:
            model = models.of(project, task.name)
            if model is not None or task is CONVERSION:
                scores += _scores(task, model, asked, known)
    return scores


def _scores(
    task: Task, model: Model | None, sessions: Iterable[SessionState], known: dict[int, list[float]]
) -> list[Score]:
    scores: list[Score] = []
    asked: list[SessionState] = []
    for session in sessions:
        reason = _abstention(task, session, model)
        if reason is None:
            asked.append(session)
        else:
            scores.append(_score(task, session, None, reason, model))
    if asked:
        assert model is not None
        for session in asked:
            if id(session) not in known:
                known[id(session)] = features(session)
        probabilities = model.predict(np.array([known[id(session)] for session in asked], dtype=np.float64))
        scores += [
            _score(task, session, round(probability, 4), None, model)
            for session, probability in zip(asked, probabilities.tolist(), strict=True)
        ]
    return scores


def _abstention(task: Task, session: SessionState, model: Model | None) -> str | None:
    if settled := task.settled(session):
        return settled
    if session.automated:
        return AUTOMATED
    if model is None:
        return UNTRAINED
    return None if model.predictor is not None else model.reason


def _score(task: Task, session: SessionState, score: float | None, reason: str | None, model: Model | None) -> Score:
    if model is None:
        return Score(session, task.name, score, reason)
    return Score(session, task.name, score, reason, model.version, model.trained_on, model.quality)
