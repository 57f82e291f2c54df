"""A task as the contract sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """A task to hold to the contract.

    `enough()` and `few()` are examples to learn from; `fit(examples)` gives a model, `load(bytes)` one that was kept by
    `dumps(model)`; `ask(examples)` are questions; `score(model, questions)` an array whose first axis is the questions,
    each value within `bounds`, NaN where it abstains. `abstains(model)` is the reason or None. `missing(questions)`
    leaves out what can be missing, `unseen(questions)` has values that no example has. `earlier(examples)` are
    questions built from histories that end at their moments, `later(examples)` the same from those that go on.
    """

    name: str
    enough: Callable[[], Any]
    few: Callable[[], Any]
    fit: Callable[[Any], Any]
    dumps: Callable[[Any], bytes]
    load: Callable[[bytes], Any]
    ask: Callable[[Any], Any]
    score: Callable[[Any, Any], np.ndarray]
    abstains: Callable[[Any], str | None]
    missing: Callable[[Any], Any]
    unseen: Callable[[Any], Any]
    earlier: Callable[[Any], Any]
    later: Callable[[Any], Any]
    bounds: tuple[float, float] = (0.0, 1.0)
