"""What a question asks of sessions: `page==/pricing|/plans`, `source!=google`, `page~/blog/`, `event!~add`."""

import re
from collections.abc import Callable, Sequence

import msgspec

from gooddata.errors import InputError

OF_EVENTS = ("page", "event", "goal")
DIMENSIONS = ("page", "entry", "exit", "source", "campaign", "country", "device", "browser", "event", "goal")
MOST_FILTERS = 20
MOST_LENGTH = 2_048  # characters of one filter

_FORM = re.compile(r"([a-z]+)(==|!=|!~|~)(.*)", re.DOTALL)
_HOW = "write it as dimension, ==, !=, ~ or !~, and values with | between them, such as source==google|bing"


class Filter(msgspec.Struct, frozen=True):
    """Sessions of which `dimension` is, or `contains`, one of the values; or with `negated`, of which it is not."""

    dimension: str
    negated: bool
    contains: bool
    values: tuple[str, ...]

    def holds(self) -> Callable[[str], bool]:
        """Whether a text is, or contains, one of the values."""
        if not self.contains:
            return frozenset(self.values).__contains__
        return lambda text: any(value in text for value in self.values)


def parse(text: str, field: str = "filter", dimensions: Sequence[str] = DIMENSIONS) -> Filter:
    """Raises InputError for what is no filter, naming the field."""
    if len(text) > MOST_LENGTH:
        raise InputError(f"a filter may have {MOST_LENGTH:,} characters", field)
    found = _FORM.fullmatch(text)
    if found is None:
        raise InputError(f"{text[:80]!r} is no filter: {_HOW}", field)
    dimension, operator, rest = found.groups()
    if dimension not in dimensions:
        raise InputError(f"{dimension!r} cannot be filtered by; one of {', '.join(dimensions)} can", field)
    values = _values(rest)
    if values == ("",) and "~" in operator:
        raise InputError(f"{text!r} contains everything: say what it is to contain", field)
    return Filter(dimension, operator[0] == "!", operator[-1] == "~", values)


def parse_all(texts: Sequence[str] | None) -> tuple[Filter, ...]:
    """Of all that must hold."""
    if len(texts or ()) > MOST_FILTERS:
        raise InputError(f"{len(texts or ())} filters are too many; {MOST_FILTERS} may be combined", "filter")
    return tuple(parse(text) for text in texts or ())


def _values(text: str) -> tuple[str, ...]:
    """Split at |; \\| and \\\\ are the characters themselves."""
    values, value, at = [], "", 0
    while at < len(text):
        character = text[at]
        if character == "\\" and text[at + 1 : at + 2] in ("|", "\\"):
            value += text[at + 1]
            at += 2
            continue
        if character == "|":
            values.append(value)
            value = ""
        else:
            value += character
        at += 1
    return (*values, value)
