"""How often do insights cry wolf, and how often do they see what is there?

    python -m bench.insights [PROJECTS]

Made-up projects, seeded: hours of five weeks with a rhythm of the day and the week, scattering more than Poisson's
counts by the hour, the day and the source. In some nothing happens; in the others one source loses or wins sessions,
one device stops converting, or errors rise. Prints as JSON the share of projects with an insight where there is
nothing, with Wilson's 95% interval, and of those planted how many are found, said once, for whom and since when.
"""

import json
import math
import os
import sys
import time

import numpy as np

from gooddata.intelligence.insights.cells import COLUMNS, CONVERTED, HOURS, Group, Material
from gooddata.intelligence.insights.find import find
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.sessions.rollup import (
    BOUNCES,
    CONVERSIONS,
    ENGAGED,
    EVENTS,
    PAGEVIEWS,
    REVENUE,
    SESSIONS,
)

END = 1_795_132_800_000  # Friday, 2026-11-20T00:00:00Z
SOURCES = {"google": 0.4, "direct": 0.3, "newsletter": 0.2, "bing": 0.1}
DEVICES = {"phone": 0.6, "desktop": 0.4}
PAGES = {"/": 0.5, "/shoes": 0.3, "/sale": 0.2}


def made_up(
    seed: int,
    a_day: float = 2_000,
    source: float = 1.0,
    device: float = 1.0,
    errors: float = 1.0,
    hours: int = 84,
) -> Material:
    """A project's five weeks. In the last `hours` google has `source` times its sessions, a phone converts `device`
    times as often, and there are `errors` times the errors."""
    rng = np.random.default_rng(seed)
    hour = np.arange(HOURS)
    rhythm = (1 + 0.7 * np.sin(2 * np.pi * hour / 24)) * (1 + 0.3 * np.sin(2 * np.pi * hour / 168))
    scatter = rng.gamma(20, 1 / 20, HOURS) * np.repeat(rng.gamma(200, 1 / 200, HOURS // 24), 24)
    late = hour >= HOURS - hours
    cells = {("", ""): np.zeros((HOURS, COLUMNS))}
    for name, share in SOURCES.items():
        own = np.repeat(rng.gamma(200, 1 / 200, HOURS // 24), 24) * np.where(late & (name == "google"), source, 1.0)
        for kind, part in DEVICES.items():
            sessions = rng.poisson(a_day / 24 * share * part * rhythm * scatter * own)
            counts = _of_sessions(rng, sessions, 0.04 * np.where(late & (kind == "phone"), device, 1.0))
            for cell in (("", ""), ("source", name), ("device", kind)):
                cells.setdefault(cell, np.zeros((HOURS, COLUMNS)))
                cells[cell] += counts
    everything = cells["", ""]
    left = everything.astype(int)
    for page, share in PAGES.items():
        cells["page", page] = np.zeros((HOURS, COLUMNS))
        for column in (SESSIONS, PAGEVIEWS):
            cells["page", page][:, column] = rng.binomial(left[:, column], share)
        cells["page", page][:, BOUNCES] = rng.binomial(cells["page", page][:, SESSIONS].astype(int), 0.45)
    cells["event", "$error"] = np.zeros((HOURS, COLUMNS))
    cells["event", "$error"][:, EVENTS] = rng.poisson(a_day / 24 * 0.2 * rhythm * scatter * np.where(late, errors, 1.0))
    sessions, converted = int(everything[-672:, SESSIONS].sum()), int(everything[-672:, CONVERTED].sum())
    traits = [Group("", "", sessions, converted)]
    for trait, share in (("$search", 0.2), ("$error", 0.1)):
        traits.append(Group("event", trait, *(int(n) for n in rng.binomial((sessions, converted), share))))
    week = cells["", ""][-168:, SESSIONS].sum()
    struggles = [
        Group("page", page, n := int(week * share), int(rng.binomial(n, 0.05))) for page, share in PAGES.items()
    ]
    return Material(END, HOURS // 24, cells, traits, struggles)


def _of_sessions(rng: np.random.Generator, sessions: np.ndarray, rate: np.ndarray) -> np.ndarray:
    counts = np.zeros((HOURS, COLUMNS))
    counts[:, SESSIONS] = sessions
    counts[:, BOUNCES] = rng.binomial(sessions, 0.45)
    counts[:, CONVERTED] = rng.binomial(sessions, rate)
    counts[:, CONVERSIONS] = counts[:, CONVERTED]
    counts[:, PAGEVIEWS] = sessions + rng.poisson(2 * sessions)
    counts[:, EVENTS] = counts[:, PAGEVIEWS] + rng.poisson(3 * sessions)
    counts[:, REVENUE] = rng.gamma(2 * counts[:, CONVERSIONS] + 1e-9, 20)
    counts[:, ENGAGED] = rng.gamma(sessions + 1e-9, 40_000)
    return counts


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share."""
    z = 1.96
    middle = (hits + z * z / 2) / (of + z * z)
    margin = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return max(middle - margin, 0.0), min(middle + margin, 1.0)


def _false_alarms(projects: int, a_day: float) -> dict[str, object]:
    alarms = sum(bool(find(made_up(10_000 + seed, a_day)).insights) for seed in range(projects))
    return {"projects": projects, "sessions_a_day": a_day, "with_insight": alarms, "interval": wilson(alarms, projects)}


def _power(projects: int, a_day: float, metric: str, whom: dict[str, str], **planted: float) -> dict[str, object]:
    found = [find(made_up(50_000 + seed, a_day, **planted)) for seed in range(projects)]
    right = [
        [each for each in one.insights if each.for_whom == whom and each.numbers["metric"] == metric] for one in found
    ]
    hours = planted.get("hours", 84)
    off = [abs(each[0].since - (END - hours * HOUR_MS)) / HOUR_MS for each in right if each]
    return {
        "planted": planted, "sessions_a_day": a_day, "projects": projects,
        "found_for_whom": sum(map(bool, right)), "interval": wilson(sum(map(bool, right)), projects),
        "alone": sum(len(one.insights) == 1 and bool(each) for one, each in zip(found, right, strict=True)),
        "median_hours_off": float(np.median(off)) if off else None,
    }  # fmt: skip


def main() -> None:
    projects = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    started = time.perf_counter()
    google, phone = {"source": "google"}, {"device": "phone"}
    report = {
        "false_alarms": [_false_alarms(projects, a_day) for a_day in (200, 2_000, 20_000)],
        "power": [
            *(
                _power(projects // 4, 2_000, "sessions", google, source=ratio)
                for ratio in (0.9, 0.8, 0.7, 0.58, 1.3, 1.5)
            ),
            *(_power(projects // 4, 2_000, "conversion_rate", phone, device=ratio, hours=168) for ratio in (0.8, 0.6)),
            *(
                _power(projects // 4, 2_000, "errors", {"event": "$error"}, errors=ratio, hours=20)
                for ratio in (1.5, 3.0)
            ),
        ],
        "cores": os.cpu_count(),
    }
    print(json.dumps(report | {"seconds": round(time.perf_counter() - started, 1)}, indent=2))


if __name__ == "__main__":
    main()
