"""What rounds of faults have found, by fault: as a report, and as a table for the docs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parents[1]
REPORT = _CHECKOUT / "bench" / "results" / "reliability.json"
PAGE = _CHECKOUT / "docs" / "reliability.md"
BEGIN, END = "<!-- from bench/results/reliability.json -->\n", "<!-- end -->\n"


def report_of(played: Sequence[Mapping[str, Any]], skipped: Mapping[str, str]) -> dict[str, Any]:
    by_fault: dict[str, list[Mapping[str, Any]]] = {}
    for each in played:
        for fault in each["faults"]:
            by_fault.setdefault(fault, []).append(each)
    return {
        "rounds": len(played),
        "rounds_with_something_wrong": sum(bool(each["wrong"]) for each in played),
        **_sums(played),
        "of_each_fault": {
            fault: {
                "rounds": len(rounds),
                "rounds_with_effect": sum(bool(each["faults"][fault]) for each in rounds),
                "effects": sum(each["faults"][fault] or 0 for each in rounds),
                "rounds_with_something_wrong": sum(bool(each["wrong"]) for each in rounds),
                **_sums(rounds),
            }
            for fault, rounds in sorted(by_fault.items())
        },
        "skipped": dict(skipped),
        "of_each_round": list(played),
    }


def _sums(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = ("acknowledged", "stored", "duplicates", "rejected", "spooled", "refused_requests")
    more = ("lost", "doubled", "lost_with_damaged_bytes", "processes_started_again")
    return {name: sum(each.get(name, 0) for each in rounds) for name in (*names, *more)} | {
        "most_seconds_to_rest": max((each.get("seconds_to_rest", 0.0) for each in rounds), default=0.0)
    }


def table(report: Mapping[str, Any]) -> str:
    """In Markdown."""
    head = (
        "fault", "rounds", "of them with effect", "effects", "acknowledged", "lost", "doubled", "wrong",
        "slowest to rest, s",
    )  # fmt: skip
    lines = [
        f"{report['rounds']} rounds of seed {report['seed']}, with {report['acknowledged']:,} events acknowledged, "
        f"{report['spooled']:,} of them (and their copies) on a disk of ingestion's first; "
        f"{report['duplicates']:,} copies and {report['rejected']:,} bad events were told apart. Processes and "
        f"PostgreSQL were started again {report['processes_started_again']:,} times. "
        f"{report['lost_with_damaged_bytes']:,} events were lost with the bytes that were destroyed on purpose.",
        "",
        _line(head),
        _line(["---"] * len(head)),
    ]
    for fault, found in report["of_each_fault"].items():
        lines.append(_line([fault, *_figures(found)]))
    for fault, why in report["skipped"].items():
        lines.append(_line([f"{fault}: skipped, {why}", *["0"] * (len(head) - 1)]))
    whole = {"rounds_with_effect": "", "effects": "", **report}
    lines.append(_line(["all rounds, of three faults each", *_figures(whole)]))
    return "\n".join(lines) + "\n"


def _figures(found: Mapping[str, Any]) -> list[str]:
    names = ("rounds", "rounds_with_effect", "effects", "acknowledged", "lost", "doubled")
    more = ("rounds_with_something_wrong", "most_seconds_to_rest")
    return [f"{found[name]:,}" if isinstance(found[name], int) else str(found[name]) for name in (*names, *more)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write_table(report: Mapping[str, Any]) -> None:
    page = PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(before + BEGIN + table(report) + END + after)
