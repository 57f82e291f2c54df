"""What sets a group apart, in plain words: a name, a sentence, and the numbers behind them."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.intelligence.segments.visits import HABITS, NAMES, Matrix, compared

_APART = 0.5  # standard deviations of everybody, for a word
_SLACK = 1.5  # a word that a group has already stays while this much less is true
_FURTHER_APART = 0.2
_TOLD_APART = 0.3
_TOLD = 5


class Word(msgspec.Struct, frozen=True):
    """What is said of more (`sign` 1) or less (-1) of a habit than everybody has, where the mean is within bounds."""

    habit: str
    sign: int
    text: str
    least: float = 0.0
    most: float = float("inf")

    def is_true(self, mean: float, apart: float, slack: float = 1.0) -> bool:
        return apart * self.sign >= _APART / slack and self.least / slack <= mean <= self.most * slack


# A name has one of the first, one of the second, and two of the last at most.
_KINDS = (
    Word("sessions", 1, "frequent", least=2.0),
    Word("days_since", 1, "long-gone", least=10.0),
    Word("days_since", -1, "recent", most=4.0),
)
_NOUNS = (
    Word("goals", 1, "buyers", least=0.6),
    Word("engaged", 1, "readers", least=45.0),
    Word("pages", 1, "explorers", least=4.0),
    Word("clicks", 1, "explorers", least=4.0),
    Word("products", 1, "product viewers", least=0.6),
    Word("pages", -1, "one-page visitors", most=1.5),
    Word("engaged", -1, "passers-by", most=15.0),
)
_PLACES = (
    Word("on_phone", 1, "on phones", least=0.6),
    Word("on_phone", -1, "on desktops", most=0.2),
    Word("from_search", 1, "from search", least=0.6),
    Word("from_social", 1, "from social networks", least=0.6),
    Word("from_elsewhere", 1, "from other sites", least=0.6),
    Word("products", -1, "who see no products", most=0.1),
    Word("in_the_evening", 1, "in the evening", least=0.7),
    Word("in_the_evening", -1, "by day", most=0.15),
)


# Where another group has the same name, one of these comes after it.
_FURTHER = (
    Word("days_since", 1, "not seen lately"),
    Word("days_since", -1, "seen lately"),
    Word("sessions", 1, "who come again"),
    Word("pages", 1, "who see more"),
    Word("pages", -1, "who see less"),
    Word("engaged", 1, "who stay longer"),
    Word("engaged", -1, "who stay shorter"),
    Word("clicks", 1, "who click more"),
    Word("clicks", -1, "who click less"),
    Word("on_phone", 1, "more on phones"),
    Word("on_phone", -1, "less on phones"),
    Word("from_search", 1, "more from search"),
    Word("from_search", -1, "less from search"),
    Word("in_the_evening", 1, "more in the evening"),
    Word("in_the_evening", -1, "less in the evening"),
)


class Trait(msgspec.Struct, frozen=True):
    """A habit of a group: `value` and `everybody` are means, `apart` how many standard deviations of everybody, as they
    are compared, lie between them."""

    name: str
    text: str
    value: float
    everybody: float
    apart: float


class Portrait(msgspec.Struct, frozen=True):
    """A group's name, of these words; traits, the one that sets it most apart first."""

    name: str
    words: list[Word]
    description: str
    traits: list[Trait]


def portraits(rows: Matrix, own: Sequence[int], former: dict[int, Portrait]) -> dict[int, Portrait]:
    """Of the groups that visitors (n, len(NAMES)) are in: `own` (n,) are their ids.

    A group keeps its `former` name as long as the words of it are true. No two have the same.
    """
    ids = np.asarray(own)
    told: dict[int, Portrait] = {}
    sizes = {int(group): int((ids == group).sum()) for group in np.unique(ids)}
    taken: set[str] = set()
    # Those with a name come first, so that a newcomer does not take it.
    for group in sorted(sizes, key=lambda each: (each not in former, -sizes[each], each)):
        members = ids == group
        means, apart = rows[members].mean(axis=0), _apart(rows, members)
        before = former.get(group)
        if before is not None and _still_true(before.words, means, apart):
            name, words = before.name, before.words
        else:
            words = _words(means, apart)
            name = _name(words)
            for further in _further(words, apart) if name in taken else ():
                if (longer := f"{name} {further.text}") not in taken:
                    name, words = longer, [*words, further]
                    break
        name = _unlike(name, taken)
        taken.add(name)
        told[group] = _portrait(name, words, rows, members, apart)
    return told


def _apart(rows: Matrix, members: np.ndarray) -> np.ndarray:
    everybody = compared(rows)
    deviation = np.maximum(everybody.std(axis=0), 1e-9)
    apart: np.ndarray = (everybody[members].mean(axis=0) - everybody.mean(axis=0)) / deviation
    return apart


def _still_true(words: Sequence[Word], means: np.ndarray, apart: np.ndarray) -> bool:
    places = [NAMES.index(word.habit) for word in words]
    return all(word.is_true(means[at], apart[at], _SLACK) for word, at in zip(words, places, strict=True))


def _words(means: np.ndarray, apart: np.ndarray) -> list[Word]:
    """Of each sort those of the habits that set the group most apart, in the order in which a name has them."""

    def strongest(of: Sequence[Word], most: int) -> list[Word]:
        places = {word: NAMES.index(word.habit) for word in of}
        true = [word for word in of if word.is_true(means[places[word]], apart[places[word]])]
        return sorted(true, key=lambda word: -abs(apart[places[word]]))[:most]

    return strongest(_KINDS, 1) + strongest(_NOUNS, 1) + strongest(_PLACES, 2)


def _further(words: Sequence[Word], apart: np.ndarray) -> list[Word]:
    """What else sets a group apart, the most first."""
    told = {word.habit for word in words}
    far = {word: apart[NAMES.index(word.habit)] * word.sign for word in _FURTHER if word.habit not in told}
    return sorted((word for word in far if far[word] >= _FURTHER_APART), key=lambda word: -far[word])


def _name(words: Sequence[Word]) -> str:
    if not words:
        return "ordinary visitors"
    kind, noun, places = ([word.text for word in words if word in of] for of in (_KINDS, _NOUNS, _PLACES))
    return " ".join([*kind, *(noun or ["visitors"]), *places])


def _unlike(name: str, taken: set[str]) -> str:
    """The name, numbered where others have it."""
    number, unlike = 1, name
    while unlike in taken:
        number += 1
        unlike = f"{name} ({number})"
    return unlike


def _portrait(name: str, words: list[Word], rows: Matrix, members: np.ndarray, apart: np.ndarray) -> Portrait:
    traits = []
    for place in np.argsort(-np.abs(apart), kind="stable")[:_TOLD]:
        if abs(apart[place]) < _TOLD_APART:
            break
        habit = HABITS[place]
        value, everybody = float(rows[members, place].mean()), float(rows[:, place].mean())
        text = f"{habit.form.format(value)} {habit.said} (everybody: {habit.form.format(everybody)})"
        traits.append(Trait(habit.name, text, value, everybody, round(float(apart[place]), 2)))
    share = members.mean()
    sentence = "; ".join(trait.text for trait in traits) or "nothing sets them apart from everybody"
    return Portrait(name, words, f"{share:.0%} of visitors: {sentence}.", traits)
