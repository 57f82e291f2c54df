"""Probabilities that something still happens: that a goal of the project is reached in this session, that a visitor
comes back.

Two estimators are fitted, boosted trees and, for where data is scarce, a logistic regression. A logistic regression
over their two answers, fitted on later examples, gives each the weight that it has earned and makes probabilities of
them (stacking: Wolpert 1992; with one estimator left, Platt's sigmoid). An estimator that has earned none is left out.

scikit-learn is imported where it fits: who only asks a model does without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import InputError
from gooddata.intelligence import kept_model
from gooddata.intelligence.scoring.lines import Line
from gooddata.intelligence.scoring.trees import Trees

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Labelled = tuple[Matrix, Vector]

BOOSTED = "boosted trees"
LOGISTIC = "logistic regression"
BOTH = f"{BOOSTED} and {LOGISTIC}"

_SEED = 20_130
_FARTHEST = 30.0  # log-odds: past it there is nothing to tell apart, and one absurd feature must not rule
_LEAST = 1e-4  # nothing is certain: probabilities stay this far from 0 and 1


class Propensity:
    """A fitted model. `names` are its features, `kind` its estimators in words."""

    def __init__(
        self, estimators: Mapping[str, Any], weights: Mapping[str, float], intercept: float, names: Sequence[str]
    ) -> None:
        self.kind = " and ".join(estimators)
        self.names = tuple(names)
        self._estimators = dict(estimators)
        self._weights = dict(weights)
        self._asked = {each: _quick(each, estimator) for each, estimator in estimators.items()}
        self._intercept = intercept

    @classmethod
    def fit(cls, names: Sequence[str], train: Labelled, calibrate: Labelled, kind: str | None = None) -> Self:
        """Fits on examples, calibrates on later ones; the matrices are (n, len(names)), the labels (n,) of 0 and 1.

        Both labels must occur in both. Features that no example has are left out of the model's `names`; `kind` asks
        for the estimators of a model fitted before. The same examples give the same model.
        """
        known = np.flatnonzero(~np.isnan(train[0]).all(axis=0))
        names = [names[column] for column in known.tolist()]
        train, calibrate = (train[0][:, known], train[1]), (calibrate[0][:, known], calibrate[1])
        wanted = [each for each in _estimators() if kind in (None, BOTH, each)]
        # One thread: where other processes want the cores, boosting on two takes ten times as long as on one.
        with threadpool_limits(1):
            fitted = {each: _estimators()[each].fit(_spread(each, train[0]), train[1]) for each in wanted}
            margins = {each: _margins(each, _quick(each, fitted[each]), calibrate[0]) for each in wanted}
            used, weights, intercept = _weighed(margins, calibrate[1])
        return cls({each: fitted[each] for each in used}, weights, intercept, names)

    def predict(self, matrix: Matrix) -> Vector:
        """Probabilities (n,) for features (n, len(self.names)); NaN is a missing feature."""
        margins = sum(self._weights[each] * _margins(each, asked, matrix) for each, asked in self._asked.items())
        return np.clip(1.0 / (1.0 + np.exp(-(margins + self._intercept))), _LEAST, 1.0 - _LEAST)

    def dumps(self) -> bytes:
        """The model as a skops file: data, and nothing that runs when it is read."""
        state = {
            "names": list(self.names),
            "estimators": self._estimators,
            "weights": self._weights,
            "intercept": self._intercept,
        }
        return kept_model.dumps(state)

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such file, or holds a type that a model has no business to hold."""
        try:
            state = kept_model.loads(blob)
            if "estimator" in state:
                # Of before there were two in a model: one, its slope and intercept.
                kind = state["kind"]
                model = cls({kind: state["estimator"]}, {kind: state["slope"]}, state["intercept"], state["names"])
            else:
                model = cls(state["estimators"], state["weights"], state["intercept"], state["names"])
            # Asked once here, so that one whose parts do not fit together is not found out in the middle of a round.
            if model.predict(np.zeros((1, len(model.names)))).shape != (1,):
                raise InputError("the model cannot be read: it has no estimator")
            return model
        except kept_model.UNUSABLE as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure


def _quick(kind: str, estimator: Any) -> Trees | Line:
    return Trees(estimator) if kind == BOOSTED else Line(estimator)


def _margins(kind: str, asked: Trees | Line, matrix: Matrix) -> Vector:
    """What an estimator says, as log-odds (n,)."""
    return np.clip(asked.margins(_spread(kind, matrix)), -_FARTHEST, _FARTHEST)


def _weighed(margins: Mapping[str, Vector], labels: Vector) -> tuple[list[str], dict[str, float], float]:
    """Which estimators have earned a weight above zero, those weights, and the intercept of their sum."""
    from sklearn.linear_model import LogisticRegression

    used = list(margins)
    while True:
        stacked = LogisticRegression(C=100.0).fit(np.column_stack([margins[each] for each in used]), labels)
        weights = dict(zip(used, stacked.coef_[0].tolist(), strict=True))
        least = min(used, key=lambda each: weights[each])
        if weights[least] > 0:
            return used, weights, float(stacked.intercept_[0])
        if len(used) == 1:
            # A weight below zero would turn the order around: then there is nothing to tell, and all get the same.
            return used, {least: 0.0}, float(stacked.intercept_[0])
        used.remove(least)


def _estimators() -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    boosted = HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.03,
        max_features=0.4,
        max_leaf_nodes=8,
        min_samples_leaf=30,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=_SEED,
    )
    logistic = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.1, max_iter=1_000),
    )
    return {BOOSTED: boosted, LOGISTIC: logistic}


def _spread(kind: str, matrix: Matrix) -> Matrix:
    """Counts and times have long tails, which trees do not mind and a regression does."""
    return matrix if kind == BOOSTED else np.sign(matrix) * np.log1p(np.abs(matrix))
