"""How good recommendations are: whether the item that followed was among the first, and how early."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gooddata.intelligence.recommend.recommender import Recommender

AT = 20
ASKED = 3_000  # moments, drawn by chance
_RESAMPLES = 200
_SEED = 20_130

Asked = tuple[int, Sequence[str], str]  # which session, the items so far, the one that follows


def prefixes(sessions: Iterable[Sequence[str]], recommender: Recommender) -> list[Asked]:
    """Every prefix of every session. Items that the recommender has never seen are dropped first."""
    asked: list[Asked] = []
    for number, session in enumerate(sessions):
        known = [item for item in session if recommender.index.number(item) is not None]
        asked += [(number, known[:place], known[place]) for place in range(1, len(known))]
    return asked


def rank(recommender: Recommender, known: Sequence[str], following: str) -> int:
    """The place, from 1, of what followed among the first AT that are recommended; 0 where it is not there."""
    found = recommender.next_items(known, AT)
    return found.index(following) + 1 if following in found else 0


def drawn(asked: Sequence[Asked]) -> Sequence[Asked]:
    """ASKED of them at most, by chance, in their order."""
    if len(asked) <= ASKED:
        return asked
    chosen = np.random.default_rng(_SEED).choice(len(asked), ASKED, replace=False)
    return [asked[place] for place in np.sort(chosen).tolist()]


def reciprocal_ranks(recommender: Recommender, asked: Sequence[Asked]) -> NDArray[np.float64]:
    """Of each moment (n,), 1 through the place of what followed; 0 where it is not among the first AT."""
    places = np.array([rank(recommender, known, following) for _, known, following in asked], dtype=np.float64)
    return np.where(places > 0, 1.0 / np.maximum(places, 1.0), 0.0)


def judge(recommender: Recommender, sessions: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Hit rate and mean reciprocal rank at AT over sessions that came later, with 95% intervals by drawing sessions
    again, and the hit rate of what is trending alone; nothing where no session has two known items."""
    asked = drawn(prefixes(sessions, recommender))
    if not asked:
        return {"moments": 0}
    rng = np.random.default_rng(_SEED)
    reciprocal = reciprocal_ranks(recommender, asked)
    trending = recommender.next_items((), AT)
    told = {"hr_20": (reciprocal > 0).astype(float), "mrr_20": reciprocal}
    _, of_session = np.unique([session for session, _, _ in asked], return_inverse=True)
    counts = np.bincount(of_session)
    resampled = rng.integers(0, len(counts), (_RESAMPLES, len(counts)))
    figures: dict[str, Any] = {"moments": len(asked), "sessions_test": len(counts)}
    for name, values in told.items():
        sums = np.bincount(of_session, values)
        low, high = np.quantile(sums[resampled].sum(axis=1) / counts[resampled].sum(axis=1), [0.025, 0.975])
        figures |= {name: float(values.mean()), f"{name}_interval": [float(low), float(high)]}
    figures["hr_20_trending"] = float(np.mean([following in trending for _, _, following in asked]))
    return figures
