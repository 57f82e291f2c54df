"""What a question asks of sessions: `page==/pricing|/plans`, `source!=google`, `page~/blog/`, `views>=3`,
`conversion<0.2`."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from gooddata.blocks.block import Array
from gooddata.errors import InputError

OF_EVENTS = ("page", "event", "goal")
DIMENSIONS = ("page", "entry", "exit", "source", "campaign", "country", "device", "browser", "event", "goal")
COUNTED = ("views", "events", "duration_seconds", "engaged_seconds", "revenue")
"""Numbers that a session comes to."""
SESSION_SCORES = ("conversion", "leave_30s", "leave_page")
VISITOR_SCORES = ("return_7d", "churn_30d")
NUMBERS = (*COUNTED, *SESSION_SCORES, *VISITOR_SCORES)
MOST_FILTERS = 20
MOST_LENGTH = 2_048  # characters of one filter

_FORM = re.compile(r"([a-z0-9_]+)(==|!=|!~|~|>=|<=|>|<)(.*)", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_COMPARES: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
}  # fmt: skip
_HOW = (
    "write it as dimension, ==, !=, ~ or !~, and values with | between them, such as source==google|bing; "
    "or as a number, >=, >, <= or <, and what it is compared with, such as views>=3"
)


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


class Comparison(msgspec.Struct, frozen=True):
    """Sessions whose `name`, one of NUMBERS, is at least, above, at most or below `number`. It holds for none that has
    no such number: a session that is not scored is neither likely nor unlikely to convert."""

    name: str
    operator: str
    number: float

    def holds(self, values: Array) -> Array:
        """(n,) Of which of the values (n,) it holds; never of NaN."""
        found: Array = _COMPARES[self.operator](values, self.number)
        return found


Condition = Filter | Comparison


def parse(text: str, field: str = "filter", dimensions: Sequence[str] = DIMENSIONS) -> Filter:
    """A filter by text. Raises InputError for what is none, naming the field."""
    dimension, sign, rest = _parts(text, field)
    if dimension not in dimensions:
        raise InputError(f"{dimension!r} cannot be filtered by; one of {', '.join(dimensions)} can", field)
    if sign in _COMPARES:
        raise InputError(f"{dimension} is a text: compare it with ==, !=, ~ or !~", field)
    values = _values(rest)
    if values == ("",) and "~" in sign:
        raise InputError(f"{text!r} contains everything: say what it is to contain", field)
    return Filter(dimension, sign[0] == "!", sign[-1] == "~", values)


def parse_condition(text: str, field: str = "filter") -> Condition:
    """A filter by text or by number. Raises InputError for what is neither, naming the field."""
    name, sign, rest = _parts(text, field)
    if name not in NUMBERS:
        return parse(text, field, (*DIMENSIONS, *NUMBERS))
    if sign not in _COMPARES:
        raise InputError(f"{name} is a number: compare it with >=, >, <= or <", field)
    if _NUMBER.fullmatch(rest) is None:
        raise InputError(f"{name} is compared with one number, such as {name}{sign}0.5, not {rest[:80]!r}", field)
    return Comparison(name, sign, float(rest))


def parse_all(texts: Sequence[str] | None, field: str = "filter") -> tuple[Condition, ...]:
    """Of all that must hold."""
    if len(texts or ()) > MOST_FILTERS:
        raise InputError(f"{len(texts or ())} filters are too many; {MOST_FILTERS} may be combined", field)
    return tuple(parse_condition(text, field) for text in texts or ())


def scores_in(filters: Sequence[Condition]) -> frozenset[str]:
    """The scores that are asked for."""
    asked = {each.name for each in filters if isinstance(each, Comparison)}
    return frozenset(asked) & {*SESSION_SCORES, *VISITOR_SCORES}


def _parts(text: str, field: str) -> tuple[str, str, str]:
    if len(text) > MOST_LENGTH:
        raise InputError(f"a filter may have {MOST_LENGTH:,} characters", field)
    found = _FORM.fullmatch(text)
    if found is None:
        raise InputError(f"{text[:80]!r} is no filter: {_HOW}", field)
    if "\0" in text:
        raise InputError("a filter has no NUL character", field)
    name, sign, rest = found.groups()
    return name, sign, rest


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
