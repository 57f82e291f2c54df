"""Which detector is used from now on: the one in use, or the one just fitted.

Nobody says of every session what it was; of some it is sure all the same, without either detector: programs' are those
that say so themselves or break a plain rule, people's those with signs of somebody. What counts is how well scores of
behaviour alone, without the rules, tell these apart.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gooddata.intelligence.automated.conduct import Watched, conduct
from gooddata.intelligence.automated.detector import Detector, is_surely_somebody
from gooddata.intelligence.automated.rules import broken
from gooddata.intelligence.automated.usual import shown_by
from gooddata.intelligence.champions import Champion, Decision, in_use
from gooddata.intelligence.comparison import Gain, Values, by_gain

# Of programs', and of people's for sure, that neither has seen. Below these there is no comparison.
PROGRAMS_NEEDED, PEOPLE_NEEDED = 20, 50
# Where there is none, one takes over that has learned from so many times as many sessions.
_MORE = 2
_LEARNED_SHARE = 0.75
_RESAMPLES = 400
_SEED = 20_130


def decide(champion: Champion | None, sessions: Sequence[Watched], since: int) -> Decision:
    """The challenger has learned from `sessions`, which began from `since` (epoch ms) on; its fit to the older ones
    answers for it, on the newest quarter of them that began after the champion had learned."""
    known = in_use(champion, Detector.loads)
    if isinstance(known, Decision):
        return known
    champion, former = known
    number = champion.version
    ordered = sorted(sessions, key=lambda each: each.started_at)
    place = round(len(ordered) * _LEARNED_SHARE)
    until = champion.learned_until or 0
    newest = [each for each in ordered[place:] if each.started_at > until]
    programs, people = _for_sure(newest)
    if len(programs) < PROGRAMS_NEEDED or len(people) < PEOPLE_NEEDED:
        return _without_comparison(champion, len(ordered), since, len(programs), len(people))
    fitted = Detector.fit(ordered[:place])
    judged = [*programs, *people]
    is_program = np.arange(len(judged)) < len(programs)
    told = [conduct(each) for each in judged]
    old, new = former.behaviour_scores(told), fitted.behaviour_scores(told)
    before, after, interval = _areas(is_program, old, new, [each.visitor for each in judged])
    if before <= 0.5:
        worthless = f"on {len(judged):,} sessions that neither had seen, version {number} is no better than chance"
        return Decision(True, f"{worthless}: AUC {before:.3f}")
    return by_gain(champion, Gain("AUC", before, after, interval, len(judged)))


def _without_comparison(champion: Champion, sessions: int, since: int, programs: int, people: int) -> Decision:
    number = champion.version
    few = (
        f"too few sessions since version {number} learned are programs' or people's for sure ({programs:,} and "
        f"{people:,}; comparing takes {PROGRAMS_NEEDED} and {PEOPLE_NEEDED})"
    )
    if (champion.learned_until or 0) < since:
        return Decision(True, f"{few}, and all that version {number} learned from is older than what counts")
    if champion.sessions is not None and sessions >= _MORE * champion.sessions:
        return Decision(True, f"{few}, and it has learned from {sessions:,} sessions, that from {champion.sessions:,}")
    return Decision(False, few)


def _for_sure(sessions: Sequence[Watched]) -> tuple[list[Watched], list[Watched]]:
    """Programs' and people's; where nothing shows signs of somebody, all that is not a program's for sure."""
    told = [(each, conduct(each)) for each in sessions]
    shown = shown_by([own for _, own in told])
    programs = [each for each, own in told if each.declared or broken(own, shown)]
    known = {id(each) for each in programs}
    people = [each for each, own in told if id(each) not in known and is_surely_somebody(own, shown)]
    return programs, people


def _areas(
    is_program: NDArray[np.bool_], old: Values, new: Values, visitors: Sequence[object]
) -> tuple[float, float, tuple[float, float]]:
    """The area under the curve of both, and the 95% interval of the difference, by drawing visitors again."""
    numbers = {visitor: number for number, visitor in enumerate(dict.fromkeys(visitors))}
    of_visitor = np.array([numbers[visitor] for visitor in visitors])
    wins = [_wins(scores[is_program], scores[~is_program]) for scores in (old, new)]
    rng = np.random.default_rng(_SEED)
    differences = []
    for _ in range(_RESAMPLES):
        drawn = np.bincount(rng.integers(0, len(numbers), len(numbers)), minlength=len(numbers))[of_visitor]
        programs, people = drawn[is_program].astype(float), drawn[~is_program].astype(float)
        if pairs := programs.sum() * people.sum():
            before, after = (float(programs @ each @ people) / pairs for each in wins)
            differences.append(after - before)
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(wins[0].mean()), float(wins[1].mean()), (float(low), float(high))


def _wins(programs: Values, people: Values) -> Values:
    """Of each pair (n, m), 1 where the program has the greater score, a half where both have the same."""
    return np.asarray((programs[:, None] > people) + 0.5 * (programs[:, None] == people), dtype=np.float64)
