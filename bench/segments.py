"""How stable are segments from day to day?

    python -m bench.segments --data DIR

Each day segments are fitted to what visitors did in the 28 days before, after those in use, and take their place where
they are better beyond noise, as the standing job does it. Of visitors known on both days: the adjusted Rand index of
the two divisions, the share with the same segment, both beside what comes of fitting anew every day without a look at
the day before. Of simulated shoppers (35 days) and of RetailRocket's visitors (6 days). Prints JSON; 95% intervals by
drawing visitors again.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from bench.made_sessions import facts_of
from gooddata.intelligence.champions import Champion
from gooddata.intelligence.evaluate.report import data_file
from gooddata.intelligence.evaluate.retailrocket import read
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.segments.decide import decide
from gooddata.intelligence.segments.segments import Segments, fit
from gooddata.intelligence.segments.visits import DAY_MS, HOUR_MS, NAMES, Visit, by_visitor
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.intelligence.sessions.state import MONEY
from gooddata.replay.shoppers.backfill import past_visits
from gooddata.replay.shoppers.shop import open_shop

NOW = 1_795_132_800_000
RESAMPLES = 300


def visits_of(facts: Iterable[Fact]) -> list[Visit]:
    """The sessions of facts, by the product's rule."""
    own: dict[Any, list[Fact]] = defaultdict(list)
    for fact in facts:
        own[fact.visitor].append(fact)
    return [
        Visit(
            s.visitor, s.started_at, s.last_at, s.pageviews, s.clicks, s.engaged_ms, s.goals, s.revenue / MONEY,
            s.product_views, s.entry[1], s.entry[3],
        )
        for facts_of_one in own.values()
        for s in (counted.session for counted in sessions_of(facts_of_one, FIRST_VISIT))
    ]  # fmt: skip


def shoppers(number: int) -> list[Visit]:
    """Of simulated shoppers, in the 36 days before NOW."""
    events = []
    for start, visit in past_visits(open_shop(), number, 36.0, 1, NOW):
        for moment in visit.moments:
            event = dict(moment.event)
            events.append((start + moment.at, event | {"context": visit.context | event.get("context", {})}))
    facts = facts_of(events)
    for fact in facts:
        fact.goal = fact.name == "Order Completed"
    return visits_of(facts)


def followed(visits: Sequence[Visit], days: Sequence[int]) -> dict[str, Any]:
    """Segments as of each of `days` (epoch ms), one after another."""
    told: list[dict[str, Any]] = []
    used: Segments | None = None
    champion: Champion | None = None
    known: dict[Any, tuple[int, int]] = {}
    pairs: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for now in days:
        visitors, rows = by_visitor(visits, now)
        found, alone = fit(rows, now, used), fit(rows, now)
        if isinstance(found, str) or isinstance(alone, str):
            told.append({"visitors": len(visitors), "reason": found if isinstance(found, str) else alone})
            continue
        decision = decide(champion, used, found, rows, now)
        if decision.promote or used is None:
            used, champion = found, Champion(len(told), None, "observed", NAMES, now, False, b"as it is here")
        found = used
        own = {
            visitor: (int(one), int(other))
            for visitor, one, other in zip(visitors, found.assign(rows), alone.assign(rows), strict=True)
        }
        both = [(known[visitor], own[visitor]) for visitor in visitors if visitor in known]
        pairs += both
        told.append(
            {
                "visitors": len(visitors),
                "known_before": len(both),
                "decided": decision.because,
                "silhouette": found.number.silhouette,
                "stability_of_halves": found.number.stability,
                "segments": {each.id: [each.portrait.name, each.size] for each in found.segments},
                "ari": _ari(both, 0) if both else None,
                "ari_anew": _ari(both, 1) if both else None,
                "same_segment": float(np.mean([a[0] == b[0] for a, b in both])) if both else None,
            }
        )
        known = own
    later = [each for each in told if each.get("ari") is not None]
    return {
        "days": told,
        "ari_mean": float(np.mean([each["ari"] for each in later])),
        "ari_least": min(each["ari"] for each in later),
        "ari_last_day_interval": _interval(both),
        "ari_anew_mean": float(np.mean([each["ari_anew"] for each in later])),
        "same_segment_mean": float(np.mean([each["same_segment"] for each in later])),
    }


def _ari(both: Sequence[tuple[tuple[int, int], tuple[int, int]]], which: int) -> float:
    return float(adjusted_rand_score([a[which] for a, _ in both], [b[which] for _, b in both]))


def _interval(both: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[float]:
    rng = np.random.default_rng(1)
    one, other = (np.array([pair[side][0] for pair in both]) for side in (0, 1))
    drawn = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(one), len(one))
        drawn.append(adjusted_rand_score(one[rows], other[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return [float(low), float(high)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--visits", type=int, default=12_000)
    asked = parser.parse_args()
    started = time.perf_counter()
    sessions = read(data_file(asked.data, "retailrocket", "events_20150910_15.csv.xz"))
    retailrocket = visits_of(fact for session in sessions for fact in session.facts)
    first = sessions[0].started_at // DAY_MS * DAY_MS
    report = {
        "shoppers": followed(shoppers(asked.visits), [NOW - HOUR_MS - day * DAY_MS for day in range(7, -1, -1)]),
        "retailrocket": followed(retailrocket, [first + day * DAY_MS for day in range(2, 7)]),
        "cores": 1,
    }
    print(json.dumps(report | {"seconds": round(time.perf_counter() - started, 1)}, indent=2))


if __name__ == "__main__":
    main()
