"""What makes sessions stand out: by how much their score falls where one thing about them is as usual.

There are no labels by which a figure could get worse, so nothing is shuffled. Of the sessions that are likely
programs', each feature in turn is put at people's median, and each rule in turn is not asked.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.intelligence.automated.behaviour import BEHAVIOURS
from gooddata.intelligence.automated.conduct import Watched, conduct
from gooddata.intelligence.automated.detector import LIKELY, Detector
from gooddata.intelligence.automated.rules import RULES, broken

MOST_SESSIONS = 300
_SEED = 20_130


def stands_out(detector: Detector, sessions: Sequence[Watched]) -> dict[str, Any] | None:
    """Of at most MOST_SESSIONS of these that are likely programs', drawn by chance: of every feature and rule by how
    much the score falls without it, the mean and its standard error, the weightiest first, and of how many of them a
    rule holds. None where nothing is likely."""
    told = [conduct(each) for each in sessions]
    likely = np.flatnonzero(detector.scores(told) >= LIKELY)
    if not len(likely):
        return None
    if len(likely) > MOST_SESSIONS:
        likely = np.sort(np.random.default_rng(_SEED).choice(likely, MOST_SESSIONS, replace=False))
    told = [told[place] for place in likely.tolist()]
    before = detector.scores(told)

    def fell(name: str, meaning: str, without: str) -> dict[str, Any]:
        fall = before - detector.scores(told, without=without)
        spread = float(fall.std(ddof=1) / np.sqrt(len(fall))) if len(fall) > 1 else 0.0
        return {"feature": name, "meaning": meaning, "increase": float(fall.mean()), "spread": spread}

    features = [fell(each.name, each.said.format("so many"), each.name) for each in BEHAVIOURS]
    rules = [
        fell(f"rule {rule.name}", rule.said.format("so many"), f"rule {rule.name}")
        | {
            "share": float(
                np.mean([any(held.name == rule.name for held, _ in broken(own, detector.shown)) for own in told])
            )
        }
        for rule in RULES
    ]
    ranked = sorted([*features, *rules], key=lambda each: (-each["increase"], each["feature"]))
    return {"measure": "score", "examples": len(told), "of": len(told), "features": ranked}
