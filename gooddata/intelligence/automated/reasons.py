"""Why a session is taken for a program's, in plain words."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.intelligence.automated.behaviour import BEHAVIOURS
from gooddata.intelligence.automated.rules import Rule
from gooddata.intelligence.automated.usual import Usual

MOST = 5
_TOGETHER = 3
_BEYOND = 1.0  # spreads from which on a feature is a reason


class Reason(msgspec.Struct, frozen=True):
    """`text` says it. `value` is the session's, `usual` what nine of ten people have at most, and `beyond` by how many
    spreads the session is past people's median; of a rule there are only its name, its text and a count."""

    name: str
    text: str
    value: float
    usual: float | None = None
    beyond: float | None = None


def reasons(row: Sequence[float], far: Sequence[float], held: Sequence[tuple[Rule, int]], usual: Usual) -> list[Reason]:
    """The rules that hold, then the features that are farthest beyond the usual; MOST in all.

    Where nothing is beyond it alone, the features that are nearest to that: what they have together is rare.
    """
    told = [Reason(rule.name, rule.said.format(count), float(count)) for rule, count in held]
    order = [int(column) for column in np.argsort(-np.asarray(far), kind="stable") if far[column] > 0]
    # As much as nine of ten people have is nothing beyond, however narrow the spread.
    beyond = [
        column
        for column in order
        if far[column] >= _BEYOND and (BEHAVIOURS[column].name == "hour" or row[column] > usual.most[column])
    ]
    for column in beyond or (() if held else order[:_TOGETHER]):
        each, most = BEHAVIOURS[column], usual.most[column]
        people = each.usually.format(each.form.format(most)) if beyond else "rare together with the others"
        text = f"{each.said.format(each.form.format(row[column]))}; {people}"
        told.append(Reason(each.name, text, float(row[column]), round(most, 4), round(float(far[column]), 2)))
    return told[:MOST]
