"""How much a model owes to each feature: by how much its log loss grows where the values go to other examples.

Permutation importance (Breiman, Random Forests, 2001) on examples that the fit has not seen. What belongs together is
shuffled together, since its parts can stand in for one another: `from_search` and `from_social` are one source.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.intelligence.comparison import log_losses
from gooddata.intelligence.scoring.propensity import Matrix, Propensity, Vector

# Each shuffle is one prediction of all of these: some six seconds of one core for the 62 features of a session.
MOST_EXAMPLES = 2_000
REPEATS = 5
_SEED = 20_130


class Group(msgspec.Struct, frozen=True):
    """What is told of as one: a feature, or several that belong together, each by name and with its plain meaning."""

    name: str
    meaning: str
    features: tuple[tuple[str, str], ...]


def grouped(features: Iterable[tuple[str, str]], together: Sequence[tuple[str, str, Sequence[str]]]) -> list[Group]:
    """Features, each with its meaning, in groups: those of `together`, and each other one by itself."""
    of = {feature: (name, meaning) for name, meaning, own in together for feature in own}
    groups: dict[str, Group] = {}
    for feature, meaning in features:
        name, whole = of.get(feature, (feature, meaning))
        known = groups[name].features if name in groups else ()
        groups[name] = Group(name, whole, (*known, (feature, meaning)))
    return list(groups.values())


def importance(
    model: Propensity, matrix: Matrix, labels: Vector, of_whom: np.ndarray, groups: Sequence[Group]
) -> dict[str, Any]:
    """Of held-out examples: features (n, len(model.names)), labels (n,) of 0 and 1, and the session or visitor that
    each is of (n,)."""

    def loss(rows: Matrix, truths: Vector) -> float:
        return float(log_losses(truths, model.predict(rows)).mean())

    return importance_of(loss, model.names, matrix, labels, of_whom, groups)


def importance_of(
    loss: Callable[[Matrix, Any], float],
    names: Sequence[str],
    matrix: Matrix,
    labels: Any,
    of_whom: np.ndarray,
    groups: Sequence[Group],
) -> dict[str, Any]:
    """Of held-out examples, with `names` for their features (n, len(names)): of every group by how much `loss` of
    features and labels grows, the mean and the standard deviation of REPEATS shuffles, the weightiest first; `parts`
    where several belong together and count. The same examples give the same figures."""
    rng = np.random.default_rng(_SEED)
    chosen = _drawn(of_whom, rng)
    matrix, labels = matrix[chosen], labels[chosen]
    before = loss(matrix, labels)
    orders = [rng.permutation(len(labels)) for _ in range(REPEATS)]

    def told(name: str, meaning: str, features: Iterable[str]) -> dict[str, Any]:
        columns = [names.index(feature) for feature in features]
        columns = [column for column in columns if not _is_constant(matrix[:, column])]
        grown = [0.0] * REPEATS
        if columns:
            grown = [loss(_shuffled(matrix, columns, order), labels) - before for order in orders]
        mean, spread = float(np.mean(grown)), float(np.std(grown, ddof=1))
        return {"feature": name, "meaning": meaning, "increase": mean, "spread": spread}

    features = []
    for group in groups:
        whole = told(group.name, group.meaning, [feature for feature, _ in group.features])
        if len(group.features) > 1 and whole["increase"] > 0:
            whole["parts"] = _ranked([told(feature, meaning, [feature]) for feature, meaning in group.features])
        features.append(whole)
    return {
        "examples": len(labels),
        "of": len(np.unique(of_whom[chosen])),
        "repeats": REPEATS,
        "log_loss": before,
        "features": _ranked(features),
    }


def _drawn(of_whom: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Places of at most MOST_EXAMPLES examples: of whole sessions, drawn by chance, and of one at least."""
    _, number, counts = np.unique(of_whom, return_inverse=True, return_counts=True)
    order = rng.permutation(len(counts))
    fitting = np.cumsum(counts[order]) <= MOST_EXAMPLES
    fitting[0] = True
    return np.flatnonzero(np.isin(number, order[fitting]))


def _shuffled(matrix: Matrix, columns: Sequence[int], order: np.ndarray) -> Matrix:
    shuffled = matrix.copy()
    shuffled[:, columns] = matrix[order][:, columns]
    return shuffled


def _is_constant(values: Vector) -> bool:
    """Whether every order of the values is the same."""
    return bool(np.isnan(values).all() or (values == values[0]).all())


def _ranked(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(told, key=lambda each: (-each["increase"], each["feature"]))
