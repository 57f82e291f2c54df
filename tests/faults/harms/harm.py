"""What a harm is: something done to an installation for a while, after which it is as it was, as far as the product
mends itself."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

# How often a harm had its effect, or what tells it once the round is over. None where that is not counted.
Effect = int | Callable[[], Awaitable[int]] | None

Harm = Callable[[Any, random.Random], Awaitable[Effect]]


async def effect_of(effect: Effect) -> int | None:
    return await effect() if callable(effect) else effect
