"""Days of a question are worked on by several threads: numpy lets go of Python's lock in what takes long."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

# More would wait for memory.
MOST_THREADS = 4
_POOL = ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "columns")


def each(work: Callable[[_T], _R], days: Iterable[_T]) -> list[_R]:
    """What comes of each, in their order. `work` asks for no other work to be done."""
    return list(_POOL.map(work, days))
