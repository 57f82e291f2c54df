"""A logistic regression behind an imputer and a scaler as one weighted sum: scikit-learn's pipeline checks its input
three times over, which for one row takes longer than all else."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Line:
    """Of a pipeline of SimpleImputer, StandardScaler and LogisticRegression of two classes."""

    def __init__(self, pipeline: "Pipeline") -> None:
        imputer, scaler, regression = (step for _, step in pipeline.steps)
        self._instead = imputer.statistics_
        self._weights = regression.coef_[0] / scaler.scale_
        self._intercept = float(regression.intercept_[0] - scaler.mean_ @ self._weights)

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds (n,) of features (n, as many as it was fitted with), as the pipeline's `decision_function`."""
        margins: NDArray[np.float64] = np.where(np.isnan(matrix), self._instead, matrix) @ self._weights
        return margins + self._intercept
