"""What goes with a goal, and which page stands out: groups of sessions beside the rest."""

from collections.abc import Iterator, Sequence

from gooddata.intelligence.insights.cells import Group, Material
from gooddata.intelligence.insights.compare import EVERYTHING, LEAST_HITS, LEAST_SESSIONS, Finding
from gooddata.intelligence.insights.significance import two_proportions
from gooddata.intelligence.sessions.rollup import BOUNCES, SESSIONS


def associations(material: Material) -> Iterator[Finding]:
    """How often sessions with a trait had a goal, beside those without it."""
    whole = next((group for group in material.traits if group.kind == ""), None)
    if whole is not None:
        groups = [group for group in material.traits if group.kind]
        yield from _beside_the_rest("association", "conversion_rate", groups, whole.sessions, whole.hits, 28)


def stand_outs(material: Material) -> Iterator[Finding]:
    """Pages on which sessions struggle, or end, more often than on the rest, in the last 7 days."""
    struggles = material.struggles
    yield from _beside_the_rest(
        "stand-out", "struggle", struggles, sum(g.sessions for g in struggles), sum(g.hits for g in struggles), 7
    )
    if EVERYTHING not in material.cells:
        return
    pages = []
    for dimension, value in sorted(material.cells):
        if dimension == "page":
            week = material.daily((dimension, value))[-7:].sum(axis=0)
            pages.append(Group("page", value, int(week[SESSIONS]), int(week[BOUNCES])))
    week = material.daily(EVERYTHING)[-7:].sum(axis=0)
    yield from _beside_the_rest("stand-out", "bounce_rate", pages, int(week[SESSIONS]), int(week[BOUNCES]), 7)


def _beside_the_rest(
    kind: str, metric: str, groups: Sequence[Group], sessions: int, hits: int, days: int
) -> Iterator[Finding]:
    for group in groups:
        others, other_hits = sessions - group.sessions, hits - group.hits
        if min(group.sessions, others) < LEAST_SESSIONS or hits < LEAST_HITS or not 0 < other_hits <= others:
            continue
        if group.hits > group.sessions:
            continue
        test = two_proportions(group.hits, group.sessions, other_hits, others)
        yield Finding(
            kind, metric, group.kind, group.value, days, other_hits / others, group.hits / group.sessions,
            group.sessions / sessions, test,
        )  # fmt: skip
