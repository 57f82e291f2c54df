"""One thing is said once: what drives a change is found, and what it explains is folded into it."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from gooddata.intelligence.insights.cells import RATES, Material
from gooddata.intelligence.insights.compare import EVERYTHING, Finding, weeks_before
from gooddata.intelligence.sessions.rollup import SESSIONS

# Of a change of the whole, the least share that a value must make up to be named as what drives it.
DRIVES = 0.5
# A value within this of the change of everything says nothing of its own.
ALIKE = 0.15
# Metrics that change when another one does, with the sign by which they do.
FOLLOWS = {
    "pageviews": {"sessions": 1},
    "events": {"sessions": 1, "pageviews": 1, "errors": 1, "conversions": 1},
    "conversion_rate": {"conversions": 1},
    "conversions": {"sessions": 1, "conversion_rate": 1},
    "revenue": {"sessions": 1, "conversions": 1, "conversion_rate": 1},
    "engaged_ms": {"bounce_rate": -1},
}
_FIRST = ("sessions", "errors", "conversion_rate", "bounce_rate", "conversions", "revenue", "pageviews", "events")

Known = Mapping[tuple[str, str, str, int], Finding]


class Story(msgspec.Struct, frozen=True):
    """A finding to tell, the change of everything that it drives and the share of that, and what it explains."""

    finding: Finding
    whole: Finding | None = None
    share: float | None = None
    folded: list[Finding] = []


def by_place(findings: Sequence[Finding]) -> Known:
    return {(each.metric, each.dimension, each.value, each.days): each for each in findings if each.kind == "change"}


def fold(found: Sequence[Finding], known: Known) -> list[Story]:
    """`found` are the significant changes, `known` all comparisons made, significant or not."""
    stories: list[Story] = []
    for finding in sorted(found, key=_order):
        if any(story.finding is finding for story in stories):
            continue
        at = next((n for n, story in enumerate(stories) if explains(story.finding, finding, known)), None)
        if at is not None:
            story = stories[at]
            stories[at] = msgspec.structs.replace(story, folded=[*story.folded, finding])
            continue
        lead = driver(finding, found, known) or finding
        folded = [finding] if lead is not finding else []
        whole = known.get((lead.metric, *EVERYTHING, lead.days)) if lead.dimension else None
        share = _share(lead, whole) if whole is not None else None
        told = whole is not None and _explains_most(lead, whole, known)
        stories.append(Story(lead, whole if told else None, share if told else None, folded))
    return stories


def _order(finding: Finding) -> tuple[int, float]:
    return (_FIRST.index(finding.metric) if finding.metric in _FIRST else len(_FIRST), -abs(finding.test.statistic))


def driver(whole: Finding, found: Sequence[Finding], known: Known) -> Finding | None:
    """The value that makes up most of the change of everything, where one does, and changed more than it."""
    if whole.dimension or whole.metric in RATES or whole.metric == "engaged_ms":
        return None
    able = [each for each in found if _is_part(each, whole) and _share(each, whole) >= DRIVES and _focused(each, whole)]
    return max(able, key=lambda each: _share(each, whole), default=None)


def _is_part(part: Finding, whole: Finding) -> bool:
    return bool(part.dimension) and (part.metric, part.days) == (whole.metric, whole.days)


def _focused(part: Finding, whole: Finding) -> bool:
    """Whether the value changed clearly more than everything: one that most sessions have says nothing of its own."""
    return abs(part.test.ratio - 1) > abs(whole.test.ratio - 1) * 1.25


def _explains_most(lead: Finding, whole: Finding, known: Known) -> bool:
    """Whether no other value that changed more than everything makes up more of the change."""
    share = _share(lead, whole)
    rivals = (each for each in known.values() if _is_part(each, whole) and _focused(each, whole))
    return share >= DRIVES and all(_share(each, whole) <= share for each in rivals)


def _share(part: Finding, whole: Finding) -> float:
    """Of the change of everything, what the value makes up: of a rate, weighted with its share of sessions."""
    if not whole.delta:
        return 0.0
    weight = part.audience if whole.metric in RATES else 1.0
    return weight * part.delta / whole.delta


def explains(lead: Finding, finding: Finding, known: Known) -> bool:
    """Whether `finding` would be there because of `lead` alone."""
    sign = 1 if lead.metric == finding.metric else FOLLOWS.get(finding.metric, {}).get(lead.metric)
    if sign is None or sign * lead.delta * finding.delta <= 0:
        return False
    if (lead.dimension, lead.value) == (finding.dimension, finding.value):
        return lead.metric == finding.metric or _alike(lead, finding) or lead.metric in RATES
    if not lead.dimension:
        return _alike(lead, finding)
    if lead.dimension == finding.dimension:
        return False
    own = known.get((finding.metric, lead.dimension, lead.value, finding.days))
    if own is None:
        # The metric is not counted of the lead's value: what a session does goes with it.
        return abs(finding.test.ratio - 1) <= abs(lead.test.ratio - 1) + ALIKE
    part = own.delta * (own.audience / finding.audience if finding.metric in RATES and finding.audience else 1.0)
    return part * finding.delta > 0 and abs(part) >= DRIVES * abs(finding.delta)


def _alike(lead: Finding, finding: Finding) -> bool:
    change, other = abs(lead.test.ratio - 1), abs(finding.test.ratio - 1)
    overlap = finding.test.low <= lead.test.high and lead.test.low <= finding.test.high
    return other <= change + ALIKE or overlap


def mix_and_rate(material: Material, metric: str, dimension: str, days: int) -> tuple[float, float]:
    """How much of a rate's change comes of other shares of the values of a dimension, and how much of other rates
    within them (Kitagawa 1955); they add up to the change over the values known."""
    weeks = weeks_before(material, days)
    parts = []
    for cell in sorted(material.cells):
        if cell[0] == dimension:
            daily = material.daily(cell)
            base = daily[-days - 7 * weeks : -days].reshape(weeks, 7, -1)[:, :days].sum(axis=(0, 1))
            now = daily[-days:].sum(axis=0)
            parts.append((base[SESSIONS], base[RATES[metric]], now[SESSIONS], now[RATES[metric]]))
    if not parts:
        return 0.0, 0.0
    sessions, hits, new_sessions, new_hits = np.array(parts, dtype=float).T
    share, new_share = sessions / max(sessions.sum(), 1), new_sessions / max(new_sessions.sum(), 1)
    rate, new_rate = hits / np.maximum(sessions, 1), new_hits / np.maximum(new_sessions, 1)
    mix = float(((new_share - share) * (rate + new_rate) / 2).sum())
    return mix, float(((new_rate - rate) * (share + new_share) / 2).sum())
