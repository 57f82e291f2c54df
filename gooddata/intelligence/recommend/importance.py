"""What the order of recommendations goes by: how much later what followed comes where the values of a feature go to
other candidates (permutation importance: Breiman 2001)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.intelligence.recommend.candidates import FEATURES
from gooddata.intelligence.recommend.judge import AT, Asked
from gooddata.intelligence.recommend.recommender import Recommender

MOST_MOMENTS = 300
REPEATS = 3
_SEED = 20_130


def importance(recommender: Recommender, asked: Sequence[Asked]) -> dict[str, Any] | None:
    """Of moments that the order has not seen, MOST_MOMENTS at most: of each feature by how much MRR@20 falls, the mean
    and the standard deviation of REPEATS shuffles, the weightiest first. None without an order, or where nothing that
    followed was ever a candidate."""
    if recommender.ranking is None:
        return None
    rng = np.random.default_rng(_SEED)
    if len(asked) > MOST_MOMENTS:
        asked = [asked[place] for place in np.sort(rng.choice(len(asked), MOST_MOMENTS, replace=False)).tolist()]
    tables, hits = [], []
    for _, known, following in asked:
        items, features = recommender.candidates(recommender.index.numbers(known))
        tables.append(features)
        hits.append(items == recommender.index.number(following))
    if not any(hit.any() for hit in hits):
        return None
    matrix, hit = np.concatenate(tables), np.concatenate(hits)
    of_moment = np.repeat(np.arange(len(tables)), [len(each) for each in tables])
    order = recommender.ranking.order

    def mrr(rows: Any) -> float:
        values = order(rows)
        # Of each moment's candidates, those that are above the one that followed.
        followed = np.full(len(tables), np.inf)
        followed[of_moment[hit]] = values[hit]
        above = np.bincount(of_moment[values > followed[of_moment]], minlength=len(tables))
        return float(np.where(np.isfinite(followed) & (above < AT), 1.0 / (above + 1.0), 0.0).mean())

    before = mrr(matrix)
    orders = [rng.permutation(len(matrix)) for _ in range(REPEATS)]
    told = []
    for place, (name, meaning) in enumerate(FEATURES.items()):
        fell = []
        for each in orders:
            shuffled = matrix.copy()
            shuffled[:, place] = matrix[each, place]
            fell.append(before - mrr(shuffled))
        mean, spread = float(np.mean(fell)), float(np.std(fell, ddof=1))
        told.append({"feature": name, "meaning": meaning, "increase": mean, "spread": spread})
    return {
        "measure": "MRR@20",
        "examples": len(asked),
        "of": len({session for session, _, _ in asked}),
        "repeats": REPEATS,
        "features": sorted(told, key=lambda each: (-each["increase"], each["feature"])),
    }
