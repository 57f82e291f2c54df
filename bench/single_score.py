"""How long does it take to score one session for every task, in process, with a project's own models?"""

import time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from bench.made_sessions import facts_of
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.scoring.scorer import score_sessions
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.state import SessionState
from gooddata.persistence.pool import open_connection
from gooddata.replay.shoppers.backfill import past_visits
from gooddata.replay.shoppers.shop import open_shop

SCORES = 3_000
_VISITS = 120


async def single_score(analytics_dsn: str, project: str) -> dict[str, Any]:
    """Milliseconds to take one event into its session and score that alone, of SCORES events of shoppers."""
    connection = await open_connection(analytics_dsn, "gooddata_worker")
    await use_milliseconds(connection)
    models = Models()
    await models.refresh(connection)
    await connection.close()
    taken: list[float] = []
    with threadpool_limits(1):  # as in a worker
        for facts in _visits(project):
            state: SessionState | None = None
            for fact in facts:
                began = time.perf_counter()
                if state is None:
                    state = SessionState(fact.event_id, FIRST_VISIT, fact)
                else:
                    state.update(fact)
                score_sessions([state], models)
                taken.append(time.perf_counter() - began)
    p50, p99 = np.quantile(taken[:SCORES], [0.5, 0.99]) * 1_000
    return {"scores": len(taken[:SCORES]), "p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3)}


def _visits(project: str) -> list[list[Fact]]:
    return [
        facts_of(
            ((start + moment.at, {**moment.event, "context": visit.context | moment.event.get("context", {})})
             for moment in visit.moments),
            project,
        )
        for start, visit in past_visits(open_shop(), _VISITS, 1.0, 3, time.time_ns() // 1_000_000)
    ]  # fmt: skip
