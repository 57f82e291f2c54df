"""The models in use: the champion of each project and task, as the table of models has them."""

import asyncio
import logging
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence.scoring.propensity import Matrix, Propensity, Vector
from gooddata.intelligence.scoring.score import Quality
from gooddata.intelligence.scoring.tasks import NAMES as TASK_NAMES
from gooddata.intelligence.sessions.features import NAMES
from gooddata.sql import statement

_CHAMPIONS = statement(__package__, "champions")
_MODEL = statement(__package__, "model")

logger = logging.getLogger(__name__)


class Model(msgspec.Struct, frozen=True):
    """A version of a project's model of one task; without a predictor it abstains, for `reason`."""

    version: int
    reason: str | None
    trained_on: str
    quality: Quality | None = None
    predictor: Propensity | None = None
    columns: tuple[int, ...] = ()

    def predict(self, features: Matrix) -> Vector:
        """Probabilities (n,) for features (n, len(NAMES)). Raises TypeError when the model abstains."""
        if self.predictor is None:
            raise TypeError(f"model {self.version} abstains: {self.reason}")
        # A feature that the model was trained with and that is no more counts as missing.
        padded = np.column_stack([features, np.full(len(features), np.nan)])
        return self.predictor.predict(padded[:, self.columns])


class Models:
    """The champions, as of the last `refresh`."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, str], Model] = {}
        self._seen: dict[tuple[str, str], tuple[int, datetime]] = {}

    def of(self, project: str, task: str) -> Model | None:
        return self._models.get((project, task))

    async def refresh(self, connection: Any) -> None:
        """Takes up what was trained since."""
        in_use = {
            (row["project_id"], row["task"]): (row["version"], row["trained_at"])
            for row in await connection.fetch(_CHAMPIONS, list(TASK_NAMES))
        }
        for gone in self._seen.keys() - in_use.keys():
            del self._models[gone], self._seen[gone]
        for key, stamp in in_use.items():
            if self._seen.get(key) == stamp:
                continue
            row = await connection.fetchrow(_MODEL, *key, stamp[0])
            if row is None:
                continue
            self._models[key] = await asyncio.to_thread(read_model, row)
            self._seen[key] = stamp
            logger.info("project %s: %s is now scored by model %d", *key, stamp[0])


def read_model(row: Any) -> Model:
    """A model from its row; one that cannot be read abstains and says so."""
    version, reason, trained_on = row["version"], row["reason"], row["trained_on"]
    if row["estimator"] is None:
        return Model(version, reason, trained_on)
    try:
        predictor = Propensity.loads(row["estimator"])
    except InputError as failure:
        logger.error("model %d is not used: %s", version, failure)
        return Model(version, f"model {version} cannot be used: {failure}", trained_on)
    columns = tuple(NAMES.index(name) if name in NAMES else len(NAMES) for name in predictor.names)
    quality = msgspec.convert(msgspec.json.decode(row["metrics"]), Quality)
    return Model(version, None, trained_on, quality, predictor, columns)
