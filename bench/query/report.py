"""The report of `gooddata bench query`."""

from collections.abc import Sequence
from typing import Any

from bench.query.asking import PATIENCE_SECONDS, Answered
from bench.query.plans import Read
from bench.query.questions import Question

_FILTERS_IGNORED = "filters are let pass unread"
_LATE = f"it takes longer than {PATIENCE_SECONDS:.0f} s"


def percentile(took: Sequence[float], share: float) -> float:
    """The least of them that so many do not exceed."""
    ordered = sorted(took)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def of_question(question: Question, answered: Answered, cpu_ms: dict[str, float], read: Read | None) -> dict[str, Any]:
    """One question's line; `"unanswered"` is the HTTP status where there is no answer yet."""
    told: dict[str, Any] = {"question": question.name, "kind": question.kind, "target_ms": question.target_ms}
    if answered.ignored:
        return told | {"unanswered": 200, "because": _FILTERS_IGNORED}
    if answered.status != 200:
        return told | {"unanswered": answered.status}
    if answered.late:
        return told | {"unanswered": 200, "because": _LATE}
    return told | _times(answered) | {"cpu_ms": cpu_ms} | _read(read)


def said(answered: Answered) -> str:
    """A few words while it goes on."""
    if answered.ignored:
        return _FILTERS_IGNORED
    if answered.status != 200:
        return f"unanswered ({answered.status})"
    if answered.late:
        return _LATE
    return f"p50 {percentile(answered.took, 0.5):,.1f} ms, p95 {percentile(answered.took, 0.95):,.1f} ms"


def beside(answered: Answered, read: Read | None, apart: float | None) -> dict[str, Any]:
    """The plain table's part of that line; `difference`: of the product's number of events from the plain table's."""
    if answered.late:
        return {"plain": {"unanswered": _LATE}}
    return {"plain": _times(answered) | _read(read) | {"difference": apart}}


def _times(answered: Answered) -> dict[str, Any]:
    return {
        "askings": len(answered.took),
        "different": answered.different,
        "p50_ms": round(percentile(answered.took, 0.5), 1),
        "p95_ms": round(percentile(answered.took, 0.95), 1),
        "first_ms": round(answered.took[0], 1),
    }


def _read(read: Read | None) -> dict[str, Any]:
    if read is None:
        return {"rows_read": None}
    return {
        "rows_read": read.rows,
        "rows_read_by_table": read.by_table,
        "statements": read.statements,
        "blocks": {"in_buffers": read.blocks_in_buffers, "from_system": read.blocks_from_system},
    }


def summary(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of each kind of question the slowest 95th percentile, with its target, and how many were not answered."""
    kinds: dict[str, dict[str, Any]] = {}
    for line in lines:
        none = {"target_ms": line["target_ms"], "questions": 0, "unanswered": 0, "within_target": 0}
        kind = kinds.setdefault(line["kind"], none | {"slowest_p95_ms": None})
        kind["questions"] += 1
        if "unanswered" in line:
            kind["unanswered"] += 1
            continue
        kind["slowest_p95_ms"] = max(kind["slowest_p95_ms"] or 0.0, line["p95_ms"])
        kind["within_target"] += line["target_ms"] is None or line["p95_ms"] <= line["target_ms"]
    return kinds


def in_words(report: dict[str, Any]) -> str:
    """A line a question."""
    size = report["bytes_per_event"]
    product, plain = size["product"]["all"], size["plain"].get("all", 0)
    lines = [
        f"{report['events']:,} events, {report['sessions']:,} sessions, {report['days']} days, "
        f"{report['cores']} cores; bytes an event: {product:,.0f}, in the plain table {plain:,.0f}",
        f"the first page after the server's start: {_number(report['serving']['first_page_ms'])} ms; "
        f"the most memory it had: {report['serving']['most_memory_mb']:,.0f} MB",
        f"{'':44}{'p50':>9}{'p95':>9}{'rows read':>13}{'plain p50':>12}{'rows read':>13}",
    ]
    for line in report["questions"]:
        if "unanswered" in line:
            lines.append(f"{line['question']:44}  unanswered ({line['unanswered']}) {line.get('because', '')}".rstrip())
            continue
        told = f"{line['question']:44}{line['p50_ms']:9,.1f}{line['p95_ms']:9,.1f}{_number(line['rows_read']):>13}"
        lines.append(told + _beside(line.get("plain")))
    return "\n".join(lines)


def _beside(plain: dict[str, Any] | None) -> str:
    if plain is None:
        return ""
    if "unanswered" in plain:
        return f"  {plain['unanswered']}"
    return f"{plain['p50_ms']:12,.1f}{_number(plain['rows_read']):>13}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
