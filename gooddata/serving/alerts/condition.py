"""What a rule is about: a metric of a window, an anomaly, or the health of the pipeline."""

from typing import Literal

import msgspec

from gooddata.errors import InputError

METRICS = ("events", "pageviews", "visitors", "sessions", "conversions", "revenue")
ANOMALY_METRICS = ("events", "pageviews", "sessions", "conversions", "conversion_rate", "errors")
LONGEST_WINDOW = 7 * 24 * 60  # minutes
MOST = 1e12

Metric = Literal["events", "pageviews", "visitors", "sessions", "conversions", "revenue"]
Side = Literal["below", "above"]


class OfMetric(msgspec.Struct, frozen=True, tag_field="kind", tag="metric", forbid_unknown_fields=True):
    """A metric of the last `minutes` whole minutes: against `value` itself, or, where it is compared with the window
    `before` or the same one a `week` earlier, its fall (below) or rise (above) in percent against `value`."""

    metric: Metric
    minutes: int
    side: Side
    value: float
    compare: Literal["value", "before", "week"] = "value"


class OfAnomaly(msgspec.Struct, frozen=True, tag_field="kind", tag="anomaly", forbid_unknown_fields=True):
    """Anomalies found within the last `minutes` whose severity, 0 to 1, is at least `severity`; of all metrics where
    none is named."""

    minutes: int
    severity: float
    metric: str | None = None


class OfHealth(msgspec.Struct, frozen=True, tag_field="kind", tag="health", forbid_unknown_fields=True):
    """The workers' lag above `value` seconds; the share of events rejected in the last `minutes`, by whole hours, above
    `value` percent; or no event for `minutes`."""

    measure: Literal["lag", "rejected", "silence"]
    minutes: int = 60
    value: float = 0.0


Condition = OfMetric | OfAnomaly | OfHealth


def check(condition: Condition) -> None:
    """Raises InputError naming what of the condition cannot be."""
    if not 1 <= condition.minutes <= LONGEST_WINDOW:
        raise InputError(f"minutes must be 1 to {LONGEST_WINDOW}, which is a week", "condition.minutes")
    if isinstance(condition, OfAnomaly):
        if not 0 <= condition.severity <= 1:
            raise InputError("severity must be 0 to 1", "condition.severity")
        if condition.metric is not None and condition.metric not in ANOMALY_METRICS:
            raise InputError(f"metric must be one of {', '.join(ANOMALY_METRICS)}", "condition.metric")
        return
    if not 0 <= condition.value <= MOST:
        raise InputError(f"value must be 0 to {MOST:.0f}", "condition.value")
    if isinstance(condition, OfMetric) and condition.side == "below":
        if condition.compare == "value" and condition.value == 0:
            raise InputError("nothing is below 0", "condition.value")
        if condition.compare != "value" and condition.value >= 100:
            raise InputError("nothing falls by more than 100%; to notice zero, compare with a value", "condition.value")
    if isinstance(condition, OfHealth) and condition.measure == "rejected" and condition.value >= 100:
        raise InputError("a share above 100% cannot be", "condition.value")


def holds(condition: Condition, observed: float) -> bool:
    """Whether what was observed is what the rule is to notice."""
    if isinstance(condition, OfMetric):
        limit = -condition.value if condition.compare != "value" and condition.side == "below" else condition.value
        return observed < limit if condition.side == "below" else observed > limit
    if isinstance(condition, OfAnomaly):
        return observed > 0
    return observed <= 0 if condition.measure == "silence" else observed > condition.value


def in_words(condition: Condition) -> str:
    """The condition as half a sentence, such as: sessions fall below 10 in 1 hour."""
    within = _span(condition.minutes)
    if isinstance(condition, OfAnomaly):
        what = condition.metric.replace("_", " ") if condition.metric else "any metric"
        return f"an anomaly of {what} is found, of severity {condition.severity:g} or more, within {within}"
    if isinstance(condition, OfHealth):
        return {
            "lag": f"workers are more than {condition.value:g} seconds behind",
            "rejected": f"more than {condition.value:g}% of events are rejected in {within}",
            "silence": f"no event comes for {within}",
        }[condition.measure]
    verb = (
        ("falls" if condition.side == "below" else "rises")
        if condition.metric == "revenue"
        else ("fall" if condition.side == "below" else "rise")
    )
    if condition.compare == "value":
        return f"{condition.metric} {verb} {condition.side} {condition.value:g} in {within}"
    than = f"the {within} before" if condition.compare == "before" else "the same time a week before"
    return f"{condition.metric} {verb} by more than {condition.value:g}% in {within}, against {than}"


def _span(minutes: int) -> str:
    for length, name in ((1440, "day"), (60, "hour")):
        if minutes % length == 0:
            return f"{minutes // length} {name}" + ("s" if minutes > length else "")
    return f"{minutes} minute" + ("s" if minutes > 1 else "")
