"""How good probabilities are: do they order sessions rightly, and do they mean what they say?"""

from math import sqrt
from typing import Any

import numpy as np

from gooddata.intelligence.scoring.propensity import Vector

BINS = 10
DECILES = 10
RESAMPLES = 400
_SEED = 20_130
_Z = 1.959963984540054  # of a 95% interval


def judge(labels: Vector, probabilities: Vector, of_session: np.ndarray, base_rate: float) -> dict[str, Any]:
    """Figures of held-out examples: labels and probabilities (n,), which session each is of (n,).

    `base_rate` is the share of positives among the examples learned from: what one could say without a model. Both
    labels must occur.
    """
    from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

    bins = calibration(labels, probabilities, of_session=of_session)
    low, high = auc_interval(labels, probabilities, of_session)
    return {
        "auc": float(roc_auc_score(labels, probabilities)),
        "auc_interval": [low, high],
        "log_loss": float(log_loss(labels, probabilities)),
        "log_loss_baseline": float(log_loss(labels, np.full(len(labels), base_rate))),
        "average_precision": float(average_precision_score(labels, probabilities)),
        "ece": calibration_error(bins),
        "calibration": bins,
        "lift": lift(labels, probabilities),
    }


def unskilled(metrics: dict[str, Any], on: str) -> str | None:
    """Why figures of `judge` earn a model no opinion, or None; `on` says what it was judged on, in words."""
    low, high = metrics["auc_interval"]
    if low <= 0.5:
        return (
            f"no better than chance on {on}: AUC {metrics['auc']:.2f}, "
            f"with 95% confidence between {low:.2f} and {high:.2f}"
        )
    loss, base = metrics["log_loss"], metrics["log_loss_baseline"]
    if loss >= base:
        return (
            f"its probabilities are no better than the base rate on {on}: "
            f"log loss {loss:.3f}, of the base rate {base:.3f}"
        )
    return None


def auc_interval(
    labels: Vector, probabilities: Vector, of_session: np.ndarray, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The 95% bootstrap interval of the AUC. Whole sessions are drawn: examples of one are no independent evidence."""
    rng = np.random.default_rng(_SEED)
    _, session = np.unique(of_session, return_inverse=True)
    count = session.max() + 1
    _, tie = np.unique(probabilities, return_inverse=True)
    ties = tie.max() + 1
    drawn = []
    for _ in range(resamples):
        weights = np.bincount(rng.integers(0, count, count), minlength=count)[session]
        positive = np.bincount(tie, weights=weights * labels, minlength=ties)
        negative = np.bincount(tie, weights=weights * (1 - labels), minlength=ties)
        pairs = positive.sum() * negative.sum()
        if pairs:
            below = np.cumsum(negative) - negative
            drawn.append(float((positive * (below + negative / 2)).sum() / pairs))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def calibration(
    labels: Vector, probabilities: Vector, bins: int = BINS, of_session: np.ndarray | None = None
) -> list[dict[str, Any]]:
    """What was predicted and what was observed in `bins` equally full bins, the lowest predictions first.

    Where `of_session` (n,) says which session each example is of, with how many sessions that is and the 95% interval
    of what was observed.
    """
    order = np.argsort(probabilities, kind="stable")
    found = []
    for part in np.array_split(order, min(bins, len(order))):
        observed = {"predicted": float(probabilities[part].mean()), "observed": float(labels[part].mean())}
        counts: dict[str, Any] = {"count": len(part)}
        if of_session is not None:
            counts["sessions"] = len(np.unique(of_session[part]))
            counts["interval"] = list(share_interval(labels[part], of_session[part]))
        found.append(observed | counts)
    return found


def share_interval(labels: Vector, of_session: np.ndarray) -> tuple[float, float]:
    """The 95% interval of a share of examples (n,), of which those of one session are alike: Wilson's score interval
    (1927) of as many examples as would say as much if each stood for itself (Korn and Graubard 1998). Where all are the
    same, that is as many as there are sessions."""
    _, session = np.unique(of_session, return_inverse=True)
    sums, counts = np.bincount(session, weights=labels), np.bincount(session)
    share, sessions = float(labels.mean()), len(counts)
    worth = float(sessions)
    if 0 < share < 1 and sessions > 1:
        variance = float(((sums - share * counts) ** 2).sum()) / len(labels) ** 2 * sessions / (sessions - 1)
        worth = min(share * (1 - share) / variance, float(len(labels))) if variance else float(len(labels))
    square = _Z**2 / worth
    middle, reach = share + square / 2, _Z * sqrt(share * (1 - share) / worth + square / (4 * worth))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


def calibration_error(bins: list[dict[str, float]]) -> float:
    """The expected calibration error: the mean distance between predicted and observed over equally full bins."""
    total = sum(each["count"] for each in bins)
    return sum(abs(each["predicted"] - each["observed"]) * each["count"] for each in bins) / total


def lift(labels: Vector, probabilities: Vector) -> list[dict[str, float]]:
    """How many times the average rate each tenth of the examples converts; decile 1 has the highest predictions."""
    order = np.argsort(-probabilities, kind="stable")
    rate = labels.mean()
    return [
        {"decile": number, "lift": float(labels[part].mean() / rate)}
        for number, part in enumerate(np.array_split(order, min(DECILES, len(order))), start=1)
    ]
