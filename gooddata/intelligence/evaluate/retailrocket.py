"""RetailRocket: does a session still end in a purchase, as told after its first one, two and three events?

Sessions by the product's own rule and their features by its own code. What is learnt from ended before what is judged
began. Sessions that have bought within their first events are not asked for.
"""

import csv
import lzma
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.evaluate.judged import auc, average_precision, calibration_off
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.intelligence.training.examples import Examples, StoredSession, examples_of
from gooddata.intelligence.training.split import split_for_refit

FIRST_EVENTS = (1, 2, 3)
LEARN = 2 / 3  # of the time that the data spans
_AIMS = {3: 0.80}
_MEANING = {
    "view": ("page", "Product Viewed"),
    "addtocart": ("track", "Product Added"),
    "transaction": ("track", "Order Completed"),
}


def run(data: Path) -> Evaluation:
    """Raises InputError where the file is missing."""
    started = time.perf_counter()
    sessions = read(data_file(data, "retailrocket", "events_20150910_15.csv.xz"))
    first, last = sessions[0].started_at, sessions[-1].started_at
    cut = first + (last - first) * LEARN
    learn, newest = split_for_refit([session for session in sessions if session.last_at < cut])
    model = _fitted(examples_of(learn), examples_of(newest))
    columns = [NAMES.index(name) for name in model.names]
    figures, asked_for = [], 0
    for events in FIRST_EVENTS:
        asked = after(events, [session for session in sessions if session.started_at >= cut])
        found = model.predict(asked.matrix[:, columns])
        asked_for += len(found)
        after_so_many = f"after {events} event{'s' if events > 1 else ''} ({int(asked.labels.sum())} buy)"
        figures += [
            auc(f"AUC {after_so_many}", asked.labels, found, asked.of_session, aim=_AIMS.get(events)),
            average_precision(f"average precision after {events}", asked.labels, found),
            calibration_off(f"calibration error after {events}", asked.labels, found),
        ]
    return Evaluation(
        benchmark="retailrocket",
        figures=figures,
        examples=asked_for,
        seconds=time.perf_counter() - started,
        settings={"estimators": model.kind, "sessions_to_learn_from": len(learn) + len(newest)},
    )


def read(path: Path) -> list[StoredSession]:
    """The sessions, in the order in which they started."""
    visitors: defaultdict[str, list[Fact]] = defaultdict(list)
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for place, row in enumerate(csv.DictReader(file)):
            visitors[row["visitorid"]].append(_fact(place, row))
    sessions = []
    for facts in visitors.values():
        history = FIRST_VISIT
        for counted in sessions_of(facts, FIRST_VISIT):
            state = counted.session
            for fact in counted.facts:
                fact.session_id = state.session_id
            bought = state.goals > 0
            sessions.append(StoredSession(state.started_at, state.last_at, bought, False, history, counted.facts))
            history = history.after(bought, state.last_at)
    sessions.sort(key=lambda session: session.started_at)
    return sessions


def _fact(place: int, row: dict[str, str]) -> Fact:
    kind, name = _MEANING[row["event"]]
    columns: dict[str, Any] = dict.fromkeys(Fact.__struct_fields__[:25])
    columns |= {
        "project_id": "retailrocket",
        "event_id": UUID(place.to_bytes(16, "big")),
        "visitor": UUID(int(row["visitorid"]).to_bytes(16, "big")),
        "at": int(row["timestamp"]),
        "type": kind,
        "name": name,
        "path": f"/item/{row['itemid']}",
        "product": row["itemid"],
        "category": row["categoryid"] or None,
        "goal": row["event"] == "transaction",
        "simulated": False,
        "automated": False,
    }
    return Fact(**columns)


def after(events: int, sessions: list[StoredSession]) -> Examples:
    """What was known of each session after so many events, of those that had so many and had not bought by then."""
    told = [
        StoredSession(s.started_at, s.last_at, s.converted, s.simulated, s.history, s.facts[:events])
        for s in sessions
        if len(s.facts) >= events and not any(fact.goal for fact in s.facts[:events])
    ]
    examples = examples_of(told)
    last = np.flatnonzero(np.diff(examples.of_session, append=-1))
    return Examples(examples.matrix[last], examples.labels[last], examples.of_session[last], told)


def _fitted(learn: Examples, newest: Examples) -> Propensity:
    return Propensity.fit(NAMES, (learn.matrix, learn.labels), (newest.matrix, newest.labels))
