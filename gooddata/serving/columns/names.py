"""Numbers for the texts of a project: the same for all its days."""

from collections.abc import Callable, Sequence

import numpy as np

from gooddata.blocks.block import Array


class Names:
    """Texts of one kind by number; 0 is None."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}

    def __len__(self) -> int:
        return len(self.texts)

    def numbers(self, texts: Sequence[str | None]) -> Array:
        """Their numbers, new ones for texts that are new."""
        known, numbers = self.texts, self._numbers
        found = np.empty(len(texts), np.uint32)
        for place, text in enumerate(texts):
            number = numbers.get(text)
            if number is None:
                number = numbers[text] = len(known)
                known.append(text)
            found[place] = number
        return found

    def which(self, holds: Callable[[str], bool]) -> Array:
        """Of every number, whether its text is such; never of None's."""
        return np.array([text is not None and holds(text) for text in list(self.texts)], bool)
