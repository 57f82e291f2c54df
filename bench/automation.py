"""How well are programs told from people by what they do, without labels?

    python -m bench.automation --data DIR

A web server's log (Apache, 10,000 requests): user agents and every hint taken from them are hidden from the detector,
which learns from the sessions of the first half of the time and is judged on those of the second by what their user
agents say. (Settings were chosen on the first half.) NASA's log has no user agents: how many sessions stand out, and
why. Simulated shoppers with programs of three kinds among them: how many of each are found, how many people are taken
for programs.
Prints JSON, with 95% intervals: bootstrap over visitors, Wilson's for shares.
"""

import argparse
import json
import lzma
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from bench.insights import wilson
from bench.made_sessions import facts_of, pseudonym, watched
from gooddata.automation import automation_rule
from gooddata.intelligence.automated.conduct import Watched
from gooddata.intelligence.automated.detector import LIKELY, Detector, Found
from gooddata.replay import combined
from gooddata.replay.row import Row
from gooddata.replay.shoppers.backfill import past_visits
from gooddata.replay.shoppers.shop import open_shop

NOW = 1_795_132_800_000
DAY_MS = 86_400_000
RESAMPLES = 1_000
_HINTS = ("userAgent", "automation", "automation_rule")


def logged(path: Path) -> tuple[list[Watched], dict[Any, bool]]:
    """The sessions of a log without a word of its user agents, and which visitors' agents are programs'."""
    read = combined.reader()
    events, programs = [], {}
    with lzma.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            row = read(line.rstrip("\n"))
            if not isinstance(row, Row):
                continue
            context = dict(row.event["context"])
            programs[pseudonym(row.event["visitor"])] = automation_rule(context.get("userAgent", "")) is not None
            for hint in _HINTS:
                context.pop(hint, None)
            events.append((row.at, row.event | {"context": context}))
    return watched(facts_of(events)), programs


def apache(path: Path) -> dict[str, Any]:
    sessions, programs = logged(path)
    middle = (sessions[0].started_at + sessions[-1].started_at) / 2
    learn = [each for each in sessions if each.started_at < middle]
    judged = [each for each in sessions if each.started_at >= middle]
    detector = Detector.fit(learn)
    return {
        "learned_from": len(learn),
        "chosen_on": _judged(detector.look(learn), learn, programs),
        "judged_on": _judged(detector.look(judged), judged, programs),
    }


def _judged(found: Sequence[Found], sessions: Sequence[Watched], programs: Mapping[Any, bool]) -> dict[str, Any]:
    labels = np.array([programs[each.visitor] for each in sessions])
    scores = np.array([each.score for each in found])
    visitors = np.unique([each.visitor.bytes for each in sessions], return_inverse=True)[1]
    top = {
        f"precision_of_top_{most}": _with_interval(_precision_of(most), labels, scores, visitors) for most in (100, 300)
    }
    likely = scores >= LIKELY
    return {
        "sessions": len(labels),
        "share_of_programs_by_agent": float(labels.mean()),
        "auc": _with_interval(roc_auc_score, labels, scores, visitors),
        "average_precision": _with_interval(average_precision_score, labels, scores, visitors),
        **top,
        "likely": int(likely.sum()),
        "likely_are_programs_by_agent": float(labels[likely].mean()),
        "programs_by_agent_found": float(likely[labels].mean()),
        "people_by_agent_taken_for_programs": float(likely[~labels].mean()),
    }


def _precision_of(most: int) -> Any:
    def precision(labels: np.ndarray, scores: np.ndarray) -> float:
        return float(labels[np.argsort(-scores, kind="stable")[:most]].mean())

    return precision


def _with_interval(figure: Any, labels: np.ndarray, scores: np.ndarray, visitors: np.ndarray) -> dict[str, Any]:
    """Whole visitors are drawn: their sessions are no independent evidence."""
    rng = np.random.default_rng(1)
    own = np.split(np.argsort(visitors, kind="stable"), np.cumsum(np.bincount(visitors))[:-1])
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([own[each] for each in rng.integers(0, len(own), len(own))])
        drawn.append(figure(labels[rows], scores[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": float(figure(labels, scores)), "interval": [float(low), float(high)]}


def nasa(path: Path) -> dict[str, Any]:
    sessions, _ = logged(path)
    found = Detector.fit(sessions).look(sessions)
    likely = sorted((each for each in found if each.likely), key=lambda each: -each.score)
    return {
        "sessions": len(sessions),
        "likely": len(likely),
        "interval": wilson(len(likely), len(sessions)),
        "first_reasons": Counter(each.reasons[0].name for each in likely).most_common(),
        "examples": [[each.score, [reason.text for reason in each.reasons]] for each in likely[:5]],
    }


def shoppers(visits: int = 4_000, days: float = 7.0) -> dict[str, Any]:
    """People are simulated shoppers; 2% more sessions are of programs whose browsers run the engine."""
    events: list[tuple[int, dict[str, Any]]] = []
    for start, visit in past_visits(open_shop(), visits, days, 1, NOW):
        for moment in visit.moments:
            event = dict(moment.event)
            event["context"] = visit.context | event.get("context", {})
            events.append((start + moment.at, event))
    kinds: dict[Any, str] = {}
    for kind, visitor, planted in _programs(Random(2), visits // 50, days):
        kinds[pseudonym(visitor)] = kind
        events += planted
    events.sort(key=lambda each: each[0])
    sessions = watched(facts_of(events))
    found = Detector.fit(sessions).look(sessions)
    report: dict[str, Any] = {}
    for kind in ("person", "crawler", "monitor", "scraper"):
        own = [
            each for each, session in zip(found, sessions, strict=True) if kinds.get(session.visitor, "person") == kind
        ]
        likely = sum(each.likely for each in own)
        report[kind] = {"sessions": len(own), "likely": likely, "interval": wilson(likely, len(own))}
    labels = np.array([session.visitor in kinds for session in sessions])
    visitors = np.unique([each.visitor.bytes for each in sessions], return_inverse=True)[1]
    report["auc"] = _with_interval(roc_auc_score, labels, np.array([each.score for each in found]), visitors)
    return report


def _programs(rng: Random, sessions: int, days: float) -> Iterator[tuple[str, str, list[tuple[int, dict[str, Any]]]]]:
    """A third of the sessions each: crawlers go through many pages one by one, a monitor opens the first page twice a
    day, scrapers take products as fast as they can. None of them scrolls or clicks."""

    def page(at: float, visitor: str, path: str) -> tuple[int, dict[str, Any]]:
        return int(at), {"type": "page", "visitor": visitor, "context": {"page": {"path": path}}}

    for number in range(sessions // 3):
        start = NOW - rng.uniform(0.1, days) * DAY_MS
        many = rng.randint(5, 60)
        paths = [
            page(start + place * 5_000 * rng.uniform(0.8, 1.2), f"crawler {number}", f"/c/{place}")
            for place in range(many)
        ]
        yield "crawler", f"crawler {number}", sorted(paths, key=lambda each: each[0])
        fast = [
            page(start + place * rng.uniform(300, 900), f"scraper {number}", f"/p/{rng.randint(1, 40)}")
            for place in range(many)
        ]
        yield "scraper", f"scraper {number}", sorted(fast, key=lambda each: each[0])
    every = days * DAY_MS / max(sessions // 3, 1)
    checks = [page(NOW - days * DAY_MS + place * every, "monitor", "/") for place in range(sessions // 3)]
    yield "monitor", "monitor", checks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    logs = parser.parse_args().data / "logs"
    started = time.perf_counter()
    report = {
        "apache": apache(logs / "apache_combined.log.xz"),
        "nasa": nasa(logs / "nasa_19950801.tsv.xz"),
        "shoppers": shoppers(),
        "cores": 1,
    }
    print(json.dumps(report | {"seconds": round(time.perf_counter() - started, 1)}, indent=2))


if __name__ == "__main__":
    main()
