"""Intervals of figures, by drawing what they were computed from again (the bootstrap: Efron 1979)."""

from collections.abc import Callable

import numpy as np

RESAMPLES = 400
_SEED = 20_130


def interval(figure: Callable[[np.ndarray], float], count: int, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The 95% interval of `figure`, which is given places of the `count` things drawn, with repetition."""
    rng = np.random.default_rng(_SEED)
    drawn = [figure(rng.integers(0, count, count)) for _ in range(resamples)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)
