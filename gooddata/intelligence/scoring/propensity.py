"""Conversion in this session: the probability that a goal of the project still happens before the session ends.

Two estimators are fitted, boosted trees and, for where data is scarce, a logistic regression; whichever explains the
calibration sessions better is kept. Its raw answer becomes a probability by two numbers fitted on the same sessions
(Platt's sigmoid), which keeps the order of the scores and with it their AUC.
"""

from collections.abc import Sequence
from typing import Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import InputError

TASK = "conversion"

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Labelled = tuple[Matrix, Vector]

BOOSTED = "boosted trees"
LOGISTIC = "logistic regression"

_SEED = 20_130
_LEAST = 1e-4  # nothing is certain: probabilities stay this far from 0 and 1
# Types beyond those that skops trusts by itself, each of them data: a number format, the nodes of a boosted tree.
_TRUSTED = frozenset({"numpy.dtype", "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"})


class Propensity:
    """A fitted model. `names` are its features, `kind` its estimator in words."""

    def __init__(self, kind: str, estimator: Any, slope: float, intercept: float, names: Sequence[str]) -> None:
        self.kind = kind
        self.names = tuple(names)
        self._estimator = estimator
        self._slope = slope
        self._intercept = intercept

    @classmethod
    def fit(cls, names: Sequence[str], train: Labelled, calibrate: Labelled, kind: str | None = None) -> Self:
        """Fits on examples, calibrates on later ones; the matrices are (n, len(names)), the labels (n,) of 0 and 1.

        Both labels must occur in both. Features that no example has are left out of the model's `names`; `kind` asks
        for one kind of estimator. The same examples give the same model.
        """
        known = np.flatnonzero(~np.isnan(train[0]).all(axis=0))
        names = [names[column] for column in known.tolist()]
        train, calibrate = (train[0][:, known], train[1]), (calibrate[0][:, known], calibrate[1])
        kinds = {each: estimator for each, estimator in _estimators().items() if kind in (None, each)}
        # One thread: where other processes want the cores, boosting on two takes ten times as long as on one.
        with threadpool_limits(1):
            models = [cls._calibrated(each, kinds[each], names, train, calibrate) for each in kinds]
        return min(models, key=lambda model: log_loss(calibrate[1], model.predict(calibrate[0])))

    @classmethod
    def _calibrated(cls, kind: str, estimator: Any, names: Sequence[str], train: Labelled, calibrate: Labelled) -> Self:
        estimator.fit(_spread(kind, train[0]), train[1])
        margins = estimator.decision_function(_spread(kind, calibrate[0]))
        sigmoid = LogisticRegression(C=100.0).fit(margins.reshape(-1, 1), calibrate[1])
        # A slope below zero would turn the order around: then there is nothing to tell, and all get the same.
        return cls(kind, estimator, max(0.0, float(sigmoid.coef_[0, 0])), float(sigmoid.intercept_[0]), names)

    def predict(self, matrix: Matrix) -> Vector:
        """Probabilities (n,) for features (n, len(self.names)); NaN is a missing feature."""
        margins = self._estimator.decision_function(_spread(self.kind, matrix))
        return np.clip(1.0 / (1.0 + np.exp(-(self._slope * margins + self._intercept))), _LEAST, 1.0 - _LEAST)

    def dumps(self) -> bytes:
        """The model as a skops file: data, and nothing that runs when it is read."""
        state = {
            "kind": self.kind,
            "names": list(self.names),
            "estimator": self._estimator,
            "slope": self._slope,
            "intercept": self._intercept,
        }
        return skops.io.dumps(state, compression=ZIP_DEFLATED, compresslevel=6)

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such file, or holds a type that a model has no business to hold."""
        try:
            strangers = set(skops.io.get_untrusted_types(data=blob)) - _TRUSTED
            if strangers:
                raise InputError(f"the model holds types that are not trusted: {', '.join(sorted(strangers))}")
            state = skops.io.loads(blob, trusted=sorted(_TRUSTED))
            return cls(state["kind"], state["estimator"], state["slope"], state["intercept"], state["names"])
        except (ValueError, KeyError, TypeError, AttributeError, OSError, BadZipFile) as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure


def _estimators() -> dict[str, Any]:
    boosted = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.06,
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
