"""Whether one model is better than another beyond noise, both asked about the same, which neither has seen.

Those who were asked about are drawn again with all that is theirs (paired bootstrap: Efron 1979); the 95% interval of
the difference decides.
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from gooddata.intelligence.champions import Champion, Decision

# Below these there is no comparison: so many sessions, or visitors; of so many it came true, or did not.
NEEDED = 50
OF_EACH_NEEDED = 10
# What is less is no difference: two that say the same differ by how numbers are rounded.
_LEAST = 1e-6
_RESAMPLES = 400
_SEED = 20_130

Values = NDArray[np.float64]


class Losses(msgspec.Struct, frozen=True):
    """Log losses (n,) of both and of the base rate alone, and whose session, or which visitor, each is of (n,), in
    words `who`; in how many of those it came true, where there is one thing that can."""

    champion: Values
    challenger: Values
    baseline: Values
    of_whom: NDArray[np.int64]
    who: str = "sessions"
    came_true: int | None = None

    def told(self, version: int) -> dict[str, Any]:
        """The figures, as they are kept with the challenger; `version` is that of the champion."""
        low, high = paired_interval(self.champion - self.challenger, self.of_whom)
        told = {
            "champion": version,
            "of": self.who,
            "sessions": len(np.unique(self.of_whom)),
            "came_true": self.came_true,
            "examples": len(self.champion),
            "log_loss_champion": float(self.champion.mean()),
            "log_loss_challenger": float(self.challenger.mean()),
            "log_loss_baseline": float(self.baseline.mean()),
            "interval": [low, high],
        }
        return {name: value for name, value in told.items() if value is not None}


class Gain(msgspec.Struct, frozen=True):
    """A figure of both, of which more is better, the 95% interval of by how much the challenger's is greater, and of
    how many it is: `who`, and `whom`. `agreement` is how alike both divide everybody, where they do."""

    measure: str
    champion: float
    challenger: float
    interval: tuple[float, float]
    sessions: int
    who: str = "sessions"
    whom: str = "that neither had seen"
    agreement: float | None = None

    def told(self, version: int) -> dict[str, Any]:
        """The figures, as they are kept with the challenger; `version` is that of the champion."""
        told = {
            "champion": version,
            "of": self.who,
            "sessions": self.sessions,
            "measure": self.measure,
            "figure_champion": self.champion,
            "figure_challenger": self.challenger,
            "interval": list(self.interval),
            "agreement": self.agreement,
        }
        return {name: value for name, value in told.items() if value is not None}


def by_losses(champion: Champion, losses: Losses, abstains: str | None = None, no_worse: str | None = None) -> Decision:
    """`abstains` is why the challenger says nothing, if so; `no_worse` why it is enough that it is no worse, if so."""
    number, told = champion.version, losses.told(champion.version)
    old, new, base = (told[f"log_loss_{name}"] for name in ("champion", "challenger", "baseline"))
    on = f"on {told['sessions']:,} {told['of']} that neither had seen"
    if old >= base:
        worthless = f"{on} version {number} is no better than the base rate (log loss {old:.4f} against {base:.4f})"
        return Decision(True, worthless + (", and this one has no skill either" if abstains else ""), told)
    if abstains:
        return Decision(False, abstains, told)
    low, high = told["interval"]
    if no_worse and low <= _LEAST and high >= -_LEAST:
        why = f"{no_worse}, and {on} it is no worse"
        return Decision(True, f"{why}: {_difference('log loss', new, old, (low, high))}", told)
    return _decided(number, on, "log loss", new, old, (low, high), told)


def by_gain(champion: Champion, gain: Gain) -> Decision:
    told = gain.told(champion.version)
    on = f"on {gain.sessions:,} {gain.who} {gain.whom}"
    return _decided(champion.version, on, gain.measure, gain.challenger, gain.champion, gain.interval, told)


def _decided(
    number: int, on: str, measure: str, new: float, old: float, interval: tuple[float, float], told: dict[str, Any]
) -> Decision:
    low, high = interval
    how = "better" if low > _LEAST else "worse" if high < -_LEAST else "not better"
    difference = _difference(measure, new, old, interval)
    return Decision(low > _LEAST, f"{on} it is {how} than version {number} beyond noise: {difference}", told)


def _difference(measure: str, new: float, old: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{measure} {new:.4f} against {old:.4f}, better by {low:.4f} to {high:.4f} with 95% confidence"


def log_losses(labels: Values, probabilities: Values) -> Values:
    """Of labels (n,) of 0 and 1."""
    losses: Values = -np.log(np.where(labels == 1, probabilities, 1 - probabilities))
    return losses


def of_each(labels: Values, of_whom: NDArray[np.int64]) -> tuple[int, int, int]:
    """How many sessions or visitors there are, of how many of them it came true at a moment, and of how many not."""
    true, false = (len(np.unique(of_whom[labels == each])) for each in (1, 0))
    return len(np.unique(of_whom)), true, false


def is_enough(counts: tuple[int, int, int]) -> bool:
    """Whether there is a comparison by so many, as `of_each` gives them."""
    return counts[0] >= NEEDED and min(counts[1:]) >= OF_EACH_NEEDED


def paired_interval(
    differences: Values, of_whom: NDArray[np.int64], resamples: int = _RESAMPLES
) -> tuple[float, float]:
    """The 95% interval of the mean of differences (n,), by drawing whole sessions, or visitors, again."""
    rng = np.random.default_rng(_SEED)
    _, number = np.unique(of_whom, return_inverse=True)
    sums, counts = np.bincount(number, weights=differences), np.bincount(number)
    means = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(counts), len(counts))
        means.append(sums[drawn].sum() / counts[drawn].sum())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
