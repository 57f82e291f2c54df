"""Which division of visitors is used from now on: that of the model in use, or the one just found.

There is no right answer to compare them by. A new one has to divide visitors better whom it has not seen: to be judged,
it is found in one half of the visitors, and both divide the other half, of which the silhouette tells how much nearer
each visitor is to its own group than to the next.
"""

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.intelligence.champions import Champion, Decision, must_go
from gooddata.intelligence.comparison import Gain, Values, by_gain, paired_interval
from gooddata.intelligence.segments.clusters import Places, Scale
from gooddata.intelligence.segments.segments import APART_NEEDED, Segments, divide
from gooddata.intelligence.segments.visits import Matrix, compared

_JUDGED = 2_000  # visitors at most: every one is compared with every other
_SEED = 20_131


def decide(champion: Champion | None, former: Segments | None, found: Segments, rows: Matrix, now: int) -> Decision:
    """`found` is the challenger, of visitors with features (n, len(NAMES)) as of `now`; `former` the champion's model,
    None where it cannot be read."""
    from sklearn.metrics import adjusted_rand_score

    if (reason := must_go(champion)) is not None:
        return Decision(True, reason)
    assert champion is not None
    number = champion.version
    if former is None:
        return Decision(True, f"version {number} cannot be read")
    rows = np.random.default_rng(_SEED).permutation(rows)
    learned, judged = rows[: len(rows) // 2], rows[len(rows) // 2 :][:_JUDGED]
    points = Scale.of(compared(learned)).scaled(compared(judged))
    before = _widths(points, former.assign(judged))
    if before.mean() < APART_NEEDED:
        why = f"silhouette {before.mean():.2f}, of {APART_NEEDED} that are needed"
        return Decision(True, f"the groups of version {number} hold together no longer ({why})")
    half = divide(learned, now, former)
    if isinstance(half, str):
        return Decision(False, f"one half of the visitors falls into no groups by itself, and version {number} stays")
    after = _widths(points, half.assign(judged))
    gain = Gain(
        measure="silhouette",
        champion=float(before.mean()),
        challenger=float(after.mean()),
        interval=paired_interval(after - before, np.arange(len(judged))),
        sessions=len(judged),
        who="visitors",
        whom="that it was not found in",
        agreement=float(adjusted_rand_score(former.assign(rows), found.assign(rows))),
    )
    return by_gain(champion, gain)


def _widths(points: Matrix, own: Places) -> Values:
    """The silhouette (n,) of each of points (n, features), by the group that it is in; 0 where all are in one."""
    from sklearn.metrics import silhouette_samples

    if len(np.unique(own)) < 2:
        return np.zeros(len(own))
    with threadpool_limits(1):
        widths: Values = silhouette_samples(points, own)
    return widths
