"""Material in, ranked insights out."""

import hashlib
import math

import msgspec

from gooddata.intelligence.insights.cells import COUNTS, MEANS, RATES, Material
from gooddata.intelligence.insights.change_point import hours_ago, hours_ago_of_rate
from gooddata.intelligence.insights.compare import (
    EVERYTHING,
    LEAST_SESSIONS,
    WEEKS_NEEDED,
    Finding,
    changes,
)
from gooddata.intelligence.insights.fold import Story, by_place, fold, mix_and_rate
from gooddata.intelligence.insights.groups import associations, stand_outs
from gooddata.intelligence.insights.sentence import of_change, of_group
from gooddata.intelligence.insights.significance import benjamini_hochberg
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.sessions.rollup import SESSIONS

FALSE_DISCOVERIES = 0.05
LEAST_EFFECT = 0.10
# Pages always differ a little, which is no news.
LEAST_STAND_OUT = 1.5
STAND_OUTS_TOLD = 3
DAYS_NEEDED = 7 + 7 * WEEKS_NEEDED


class Insight(msgspec.Struct, frozen=True):
    """A sentence with the numbers behind it. `since` and `until` in epoch ms; `rank` 0 to 1."""

    key: str
    kind: str
    sentence: str
    numbers: dict[str, object]
    for_whom: dict[str, str]
    since: int
    rank: float


class Found(msgspec.Struct, frozen=True):
    """The insights, best first, of so many comparisons; or why there are none to be had."""

    insights: list[Insight]
    tested: int
    reason: str | None = None


def find(material: Material) -> Found:
    """Deterministic. Abstains with a reason where there is too little to tell anything from."""
    if (reason := too_little(material)) is not None:
        return Found([], 0, reason)
    tested = [*changes(material), *associations(material), *stand_outs(material)]
    qs = benjamini_hochberg([each.test.p for each in tested])
    tested = [msgspec.structs.replace(each, q=float(q)) for each, q in zip(tested, qs, strict=True)]
    clear = [each for each in tested if each.q <= FALSE_DISCOVERIES and _matters(each)]
    stories = fold([each for each in clear if each.kind == "change"], by_place(tested))
    insights = [_of_change(story, material) for story in stories]
    insights += [_of_group(each, material) for each in clear if each.kind == "association"]
    outs = [_of_group(each, material) for each in clear if each.kind == "stand-out"]
    insights += sorted(outs, key=lambda each: -each.rank)[:STAND_OUTS_TOLD]
    return Found(sorted(insights, key=lambda each: (-each.rank, each.key)), len(tested))


def too_little(material: Material) -> str | None:
    """Why nothing can be said, or None."""
    if material.days < DAYS_NEEDED:
        return f"needs {DAYS_NEEDED} days of counts; there are {material.days}"
    sessions = int(material.daily(EVERYTHING)[:, SESSIONS].sum()) if EVERYTHING in material.cells else 0
    if sessions < LEAST_SESSIONS:
        return f"needs {LEAST_SESSIONS} sessions in 35 days; there are {sessions}"
    return None


def _matters(finding: Finding) -> bool:
    ratio = finding.test.ratio
    if finding.kind == "stand-out":
        return ratio >= LEAST_STAND_OUT
    return math.isfinite(ratio) and not 1 - LEAST_EFFECT < ratio < 1 + LEAST_EFFECT


def rank(finding: Finding) -> float:
    """Effect x audience x confidence, each 0 to 1."""
    ratio = finding.test.ratio
    effect = 1 - min(ratio, 1 / ratio) if ratio > 0 and math.isfinite(ratio) else 1.0
    return effect * math.sqrt(min(finding.audience, 1.0)) * (1 - finding.q**0.25)


def key(finding: Finding) -> str:
    """The same in every run for the same thing: by what it is of, and whether it is more or less."""
    way = "more" if finding.test.ratio > 1 else "less"
    told = "\0".join((finding.kind, finding.metric, finding.dimension, finding.value, way))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _of_change(story: Story, material: Material) -> Insight:
    finding = story.finding
    since = _since(finding, material)
    mix = None
    more: dict[str, object] = {}
    if finding.metric in RATES and not finding.dimension:
        both = {d: mix_and_rate(material, finding.metric, d, finding.days) for d in ("source", "device")}
        most = max(both, key=lambda dimension: abs(both[dimension][0]))
        mix = (most, *both[most])
        more = {d: {"mix": parts[0], "rate": parts[1]} for d, parts in both.items()}
    if story.share is not None and story.whole is not None:
        more |= {"share_of_change": story.share, "overall_ratio": story.whole.test.ratio}
    more["explains"] = [
        {"metric": each.metric, "dimension": each.dimension, "value": each.value, "days": each.days, "q": each.q}
        for each in story.folded
    ]
    return _insight(finding, of_change(story, since, material.end, mix), since, more)


def _of_group(finding: Finding, material: Material) -> Insight:
    return _insight(finding, of_group(finding), material.end - finding.days * DAY_MS, {})


def _insight(finding: Finding, sentence: str, since: int, more: dict[str, object]) -> Insight:
    test = finding.test
    numbers: dict[str, object] = {
        "metric": finding.metric, "days": finding.days, "before": finding.before, "after": finding.after,
        "ratio": test.ratio, "interval": [test.low, test.high], "test": test.name, "statistic": test.statistic,
        "p": test.p, "q": finding.q, "audience": finding.audience,
    }  # fmt: skip
    whom = {finding.dimension: finding.value} if finding.dimension else {}
    return Insight(key(finding), finding.kind, sentence, numbers | more, whom, since, rank(finding))


def _since(finding: Finding, material: Material) -> int:
    """Epoch ms: of a change of a week within two weeks where there is enough before them, of others within twice their
    days."""
    known = material.days * 24
    hourly = material.cells[finding.dimension, finding.value][-known:]
    search = 24 * min(2 * finding.days, 14 if known >= 28 * 24 else 7)
    if finding.metric in COUNTS:
        return material.end - HOUR_MS * hours_ago(hourly[:, COUNTS[finding.metric]], search)
    column = (RATES | MEANS)[finding.metric]
    return material.end - HOUR_MS * hours_ago_of_rate(hourly[:, column], hourly[:, SESSIONS], search)
