"""A softmax over the logarithms of the vector, in whole numbers, as browsers evaluate it."""

from collections.abc import Sequence
from typing import Self

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import InputError
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.scoring.propensity import Matrix, Vector

SCALE = 256
"""Weights are whole numbers of this part: what rounding them costs is far below what can be measured."""
_LEAST = 1e-9  # of a probability, where its logarithm is taken
_TEMPERATURES = np.geomspace(0.2, 5.0, 101)


class Softmax(msgspec.Struct, frozen=True):
    """For each class a row of whole numbers: a bias, and a weight for each field of the vector, in `scale`-ths."""

    classes: list[str]
    weights: list[list[int]]
    scale: int = SCALE

    @classmethod
    def fit(
        cls,
        classes: Sequence[str],
        train: tuple[Matrix, np.ndarray],
        calibrate: tuple[Matrix, np.ndarray],
    ) -> Self:
        """Fits on vectors (n, fields) and places in `classes` (n,), each of which must occur, and sharpens or blunts
        all probabilities by one number fitted on later examples (temperature scaling: Guo et al., 2017)."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import log_loss

        logs = _logs(train[0])
        mean, deviation = logs.mean(axis=0), np.maximum(logs.std(axis=0), 1e-9)
        # A field that never changed says nothing, and must not say much when it does.
        steady = logs.std(axis=0) < 1e-6
        scaled = np.where(steady, 0.0, (logs - mean) / deviation)
        with threadpool_limits(1):
            fitted = LogisticRegression(C=1.0, max_iter=2_000).fit(scaled, train[1])
        coefficients, biases = fitted.coef_, fitted.intercept_
        if len(classes) == 2:
            coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
            biases = np.concatenate([[0.0], biases])
        slopes = np.where(steady, 0.0, coefficients / deviation)
        rows = np.column_stack([biases - slopes @ mean, slopes])
        margins = rows[:, 0] + _logs(calibrate[0]) @ rows[:, 1:].T

        def loss(temperature: float) -> float:
            return float(log_loss(calibrate[1], _softmax(margins / temperature), labels=range(len(classes))))

        temperature = min(_TEMPERATURES.tolist(), key=loss)
        return cls(list(classes), np.rint(rows / temperature * SCALE).astype(int).tolist())

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Of each class (n, classes), for vectors (n, fields): the arithmetic of engine/src/intelligence/model.ts."""
        weights = np.array(self.weights, dtype=np.float64)
        return _softmax((weights[:, 0] + _logs(vectors) @ weights[:, 1:].T) / self.scale)

    def losses(self, vectors: Matrix, labels: np.ndarray, among: Sequence[str] | None = None) -> Vector:
        """Log losses (n,) of vectors (n, fields) whose classes are at places `labels` (n,) of `among`, which are some
        of its own (all, if not given): where others are left out, their probability goes to the rest in proportion."""
        probabilities = self.probabilities(vectors)
        if among is not None:
            probabilities = probabilities[:, [self.classes.index(name) for name in among]]
            probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), _LEAST)
        own: Vector = probabilities[np.arange(len(labels)), labels]
        return -np.log(np.maximum(own, _LEAST))

    def dumps(self) -> bytes:
        """As browsers get it, JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such model, or of another number of fields."""
        try:
            model = msgspec.json.decode(blob, type=cls)
        except msgspec.MsgspecError as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure
        if len(model.weights) != len(model.classes) or any(len(row) != len(FIELDS.fields) + 1 for row in model.weights):
            raise InputError("the model is of another vector")
        return model


def _logs(vectors: Matrix) -> Matrix:
    return np.log1p(np.maximum(0.0, vectors))


def _softmax(margins: Matrix) -> Matrix:
    odds = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
