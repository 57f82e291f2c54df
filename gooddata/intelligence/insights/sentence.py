"""Findings in plain words, with their numbers and the time they are about (UTC)."""

from datetime import UTC, datetime

from gooddata.intelligence.insights.cells import RATES
from gooddata.intelligence.insights.compare import Finding
from gooddata.intelligence.insights.fold import Story
from gooddata.intelligence.moments import DAY_MS

_NAMES = {
    "sessions": "Sessions", "pageviews": "Page views", "events": "Events", "conversions": "Conversions",
    "revenue": "Revenue", "errors": "JavaScript errors", "bounce_rate": "The bounce rate",
    "conversion_rate": "The conversion rate", "engaged_ms": "Engaged time per session",
}  # fmt: skip
_OF = {
    "page": " of {}", "event": " named {}", "goal": " by {}", "source": " from {}", "campaign": " of campaign {}",
    "device": " on {}", "browser": " in {}", "country": " in {}",
}  # fmt: skip
_TRAITS = {
    "$error": "that saw a JavaScript error", "$rage_click": "with rage clicks", "$dead_click": "with dead clicks",
    "$search": "that searched", "Products Searched": "that searched", "Product Added": "that filled a cart",
    "Coupon Entered": "that entered a coupon",
}  # fmt: skip


def of_change(story: Story, since: int, end: int, mix: tuple[str, float, float] | None = None) -> str:
    """`since` and `end` in epoch ms; `mix` is a dimension, and what of the change comes of its mix and of its rates."""
    finding = story.finding
    window = "the last day" if finding.days == 1 else f"the last {finding.days} days"
    whom = "" if finding.metric == "errors" else _OF.get(finding.dimension, "").format(finding.value)
    said = (
        f"{_NAMES[finding.metric]}{whom} {_verb(finding)} by "
        f"{_percent(finding)} ({_amount(finding, finding.before)} -> {_amount(finding, finding.after)}{_unit(finding)} "
        f"in {window}), since {moment(since, end)}"
    )
    if story.whole is not None and story.share is not None:
        noun = "fall" if story.whole.delta < 0 else "rise"
        said += f"; nothing else explains more of the overall {noun} of {_percent(story.whole)}"
    if mix is not None:
        dimension, by_mix, by_rate = mix
        if abs(by_mix) > abs(by_rate):
            said += f"; most of it comes of another mix of {dimension}s"
    return said + "."


def of_group(finding: Finding) -> str:
    """An association, or a page that stands out."""
    after, before = f"{finding.after:.1%}", f"{finding.before:.1%}"
    interval = f"{finding.test.low:.2f} to {finding.test.high:.2f}"
    times = f"{finding.test.ratio:.2f} times as often"
    if finding.kind == "association":
        who = _TRAITS.get(finding.value, f"by {finding.value}")
        return (
            f"Sessions {who} convert {times} as others ({after} against {before}, interval {interval}, last "
            f"{finding.days} days); they go together, which need not be a cause."
        )
    does = "trouble visitors" if finding.metric == "struggle" else "lose visitors at once"
    return (
        f"{finding.value} seems to {does}: {after} of its sessions {'struggle' if does[0] == 't' else 'bounce'}, "
        f"{times} as on other pages ({before}, interval {interval}, last {finding.days} days)."
    )


def moment(at: int, end: int) -> str:
    """A day of the last week by its name, an earlier one by its date."""
    when = datetime.fromtimestamp(at / 1000, UTC)
    return f"{when:%A %H:%M}" if end - at < 7 * DAY_MS else f"{when.day} {when:%B %H:%M}"


def _verb(finding: Finding) -> str:
    return "fell" if finding.test.ratio < 1 else "rose"


def _percent(finding: Finding) -> str:
    return f"{abs(finding.after / finding.before - 1):.0%}"


def _amount(finding: Finding, amount: float) -> str:
    if finding.metric in RATES:
        return f"{amount:.1%}"
    if finding.metric == "engaged_ms":
        return f"{amount / 1000:.0f} s"
    return f"{amount:,.0f}"


def _unit(finding: Finding) -> str:
    return "" if finding.metric in RATES or finding.metric == "engaged_ms" else " a day"
