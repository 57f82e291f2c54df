"""Tables of numbers and codes as matrices of features."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from gooddata.intelligence.scoring.propensity import Matrix

Table = Mapping[str, Sequence[float | str]]

# A code of which so much of the calibration part was never seen before, such as a month, tells nothing of what comes.
MOST_UNSEEN = 0.5


class Encoder:
    """Numbers as they are; of codes, one feature for each value that was there to learn from."""

    def __init__(self, features: Sequence[tuple[str, str | None]]) -> None:
        self._features = features
        self.names = [name if value is None else f"{name}={value}" for name, value in features]

    @classmethod
    def fit(cls, table: Table, learn: np.ndarray, calibrate: np.ndarray) -> Self:
        """By the rows `learn`; codes that `calibrate`, which is later, shows not to recur are left out."""
        features: list[tuple[str, str | None]] = []
        for name, column in table.items():
            if not isinstance(column[0], str):
                features.append((name, None))
                continue
            seen = {column[row] for row in learn}
            if np.mean([column[row] not in seen for row in calibrate]) <= MOST_UNSEEN:
                features += [(name, str(value)) for value in sorted(seen, key=str)]
        return cls(features)

    def matrix(self, table: Table, rows: np.ndarray) -> Matrix:
        """Features (len(rows), len(self.names)); a value never seen is none of those that were."""
        columns = [
            [table[name][row] if value is None else float(table[name][row] == value) for row in rows]
            for name, value in self._features
        ]
        return np.array(columns, dtype=np.float64).T
