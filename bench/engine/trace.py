"""What one script did on the page's main thread, by Chromium's trace.

A slice is the time from when the browser calls into the script until that call returns: evaluating it, or a function
of it for an event, a timer, an idle moment. What it does in continuations of promises, or when the page calls it,
has no slice of its own. `busy_ms` has all of it, and the page's own work, so only differences of it mean anything.
"""

from collections import defaultdict
from typing import Any

import msgspec

_LONG_MS = 50.0


class Cost(msgspec.Struct, frozen=True):
    """Times in milliseconds of the slowed-down processor; `handlers` by the type of event, those of idle moments as
    `(idle)`."""

    evaluation_ms: float
    handlers: dict[str, list[float]]
    others: list[float]
    longest_in_a_task_ms: float
    long_tasks: int
    busy_ms: float


def cost(trace: list[dict[str, Any]], script: str | None) -> Cost:
    """`script` is the end of the script's address. `long_tasks`: of 50 ms or more that were not without it."""
    main = _main_thread(trace)
    events = sorted(
        (each for each in trace if (each["pid"], each["tid"]) == main and each.get("ph") == "X"), key=_start
    )
    tasks = [each for each in events if each["name"] in ("RunTask", "ThreadControllerImpl::RunTask")]
    dispatches = [each for each in events if each["name"] == "EventDispatch"]
    idle = [each for each in events if each["name"] == "FireIdleCallback"]
    evaluation = 0.0
    handlers: defaultdict[str, list[float]] = defaultdict(list)
    others: list[float] = []
    slices: list[tuple[float, float]] = []
    covered = 0.0
    for each in events:
        if not _is_of(each, script) or _start(each) < covered:
            continue
        covered = _end(each)
        slices.append((_start(each), _end(each)))
        if each["name"] != "FunctionCall":
            evaluation += _ms(each)
        elif around := _around(dispatches, each):
            handlers[around["args"]["data"]["type"]].append(_ms(each))
        elif _around(idle, each):
            handlers["(idle)"].append(_ms(each))
        else:
            others.append(_ms(each))
    in_tasks = [(_ms(task), sum(end - start for start, end in slices if _within(task, start))) for task in tasks]
    in_tasks = [(whole, ours / 1000) for whole, ours in in_tasks]
    return Cost(
        evaluation,
        dict(handlers),
        others,
        max((ours for _, ours in in_tasks), default=0.0),
        sum(whole >= _LONG_MS > whole - ours for whole, ours in in_tasks),
        sum(whole for whole, _ in in_tasks),
    )


def _main_thread(trace: list[dict[str, Any]]) -> tuple[int, int]:
    """That of the page: the renderer in which most was dispatched."""
    counts: defaultdict[tuple[int, int], int] = defaultdict(int)
    for each in trace:
        if each["name"] == "EventDispatch":
            counts[each["pid"], each["tid"]] += 1
    return max(counts, key=lambda thread: counts[thread])


def _is_of(event: dict[str, Any], script: str | None) -> bool:
    if script is None or event["name"] not in ("EvaluateScript", "v8.compile", "FunctionCall"):
        return False
    return str(event.get("args", {}).get("data", {}).get("url", "")).endswith(script)


def _around(outer: list[dict[str, Any]], inner: dict[str, Any]) -> dict[str, Any] | None:
    """The innermost of those that hold it."""
    holding = [each for each in outer if _start(each) <= _start(inner) and _end(inner) <= _end(each)]
    return holding[-1] if holding else None


def _within(task: dict[str, Any], at: float) -> bool:
    return _start(task) <= at < _end(task)


def _start(event: dict[str, Any]) -> float:
    return float(event["ts"])


def _end(event: dict[str, Any]) -> float:
    return float(event["ts"]) + float(event.get("dur", 0))


def _ms(event: dict[str, Any]) -> float:
    return float(event.get("dur", 0)) / 1000
