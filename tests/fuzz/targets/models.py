"""Model files, as the table of models may hold them. The first byte says which model is asked to read it; past 3 the rest
tells how to change bytes of a whole file, which chance would not write."""

import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence import kept_model
from gooddata.intelligence.automated.detector import Detector
from gooddata.intelligence.recommend.ranking import Ranking
from gooddata.intelligence.scoring.propensity import LOGISTIC, Propensity
from gooddata.intelligence.segments.segments import Segments

READ = [Propensity.loads, Detector.loads, Ranking.loads, Segments.loads]


def _whole() -> bytes:
    drawn = np.random.default_rng(1).exponential(10, (200, 2))
    labels = (drawn[:, 0] > 8).astype(float)
    return Propensity.fit(["a", "b"], (drawn[:100], labels[:100]), (drawn[100:], labels[100:]), LOGISTIC).dumps()


WHOLE = _whole()
SEEDS = [
    bytes([kind]) + content
    for kind in range(4)
    for content in (WHOLE, kept_model.dumps({"names": [], "estimators": {}, "weights": {}, "intercept": 0.0}), b"PK\x05\x06" + bytes(18))
] + [b"\x04\x00\x40\xff\x01\x00\x80"]  # fmt: skip


def attack(data: bytes) -> None:
    kind, rest = (data[:1] or b"\0")[0] % 8, data[1:]
    if kind > 3:
        changed = bytearray(WHOLE)
        for at in range(0, len(rest) - 2, 3):
            changed[int.from_bytes(rest[at : at + 2]) % len(changed)] ^= rest[at + 2]
        rest = bytes(changed)
    try:
        read = READ[kind % 4](rest)
    except InputError:
        return
    if isinstance(read, Propensity):
        assert len(read.predict(np.zeros((1, len(read.names))))) == 1
