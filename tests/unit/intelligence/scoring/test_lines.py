import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gooddata.intelligence.scoring.lines import Line


def test_one_sum_says_what_the_pipeline_says():
    rng = np.random.default_rng(1)
    matrix = rng.exponential(10, (1_000, 5))
    labels = rng.random(1_000) < 1 / (1 + np.exp(3 - matrix[:, 0] / 8))
    matrix[rng.random(matrix.shape) < 0.3] = np.nan
    matrix[:, 4] = 7.0
    fitted = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), LogisticRegression()
    ).fit(matrix, labels)
    np.testing.assert_allclose(Line(fitted).margins(matrix), fitted.decision_function(matrix), rtol=0, atol=1e-9)
