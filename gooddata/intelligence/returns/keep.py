"""The standing job: models of who comes back are fitted every day until there is one, then as often as what came of
visitors since can tell whether another is better; visitors are scored every hour."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence.champions import Champion, must_go
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.returns.decide import decide
from gooddata.intelligence.returns.tasks import (
    ACTIVE_DAYS,
    CHURN_30D,
    RETURN_7D,
    TASKS,
    Task,
    asked_about,
    fit_and_judge,
    predict,
)
from gooddata.intelligence.returns.visits import (
    LOOK_BACK_DAYS,
    MEANINGS,
    MOST_VISITS,
    NAMES,
    Visitor,
    by_visitor,
    matrix,
)
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.standing_models import (
    Fitted,
    Standing,
    abstain,
    begin,
    in_use,
    lock_out_erasures,
    looked,
    put,
)
from gooddata.intelligence.training.sample import trained_on
from gooddata.sql import statement

_SECONDS = 60.0
_FIT_AFTER_MS = 23 * HOUR_MS + HOUR_MS // 2
_SCORE_AFTER_MS = HOUR_MS
_LEARNED_FROM, _SCORED = 20_000, 20_000  # visitors
# Of a visitor, those that can be known at every snapshot: who comes many times a day must not seem to have come late.
_VISITS = 2_000
# Windows before the newest, and what can be known at the first of them.
_SAMPLE_DAYS = LOOK_BACK_DAYS + 8 * 30

_SAMPLE, _ACTIVE = statement(__package__, "sample"), statement(__package__, "active")
_VISITS_OF = statement(__package__, "visits")
_PUT = statement(__package__, "put_scores")
_FORGET = "DELETE FROM analytics.visitor_score WHERE project_id = $1 AND NOT visitor = ANY ($2::uuid[])"

Row = tuple[Any, float | None, float | None, int, int, float | None, int, float]


async def keep_returns(connection: Any, project: str) -> None:
    """Fits and scores if it is time to, on a connection whose times are milliseconds."""
    now = time.time_ns() // 1_000_000
    standings = [await begin(connection, project, task.name) for task in TASKS]
    at = min((each.at or 0 for each in standings), default=0)
    if now - at >= _SCORE_AFTER_MS or any(each.knows_the_erased for each in standings):
        await keep_as_of(connection, project, now)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms."""
    standings = {task.name: await begin(connection, project, task.name) for task in TASKS}
    champions = {task.name: await in_use(connection, project, task.name, standings[task.name]) for task in TASKS}
    due = [task for task in TASKS if standings[task.name].is_due(now, _fit_after(task, champions[task.name]))]
    if due:
        since = now - _SAMPLE_DAYS * DAY_MS
        drawn = await connection.fetch(_SAMPLE, project, since, _LEARNED_FROM)
        sample = await _visits_of(connection, project, drawn, since, _VISITS)
        for task in due:
            await _fit(connection, project, now, task, standings[task.name], champions[task.name], sample)
    await _score(connection, project, now)


def _fit_after(task: Task, champion: Champion | None) -> int:
    """Each window tells once which of two is better: before it has passed there is nothing to tell it by."""
    if must_go(champion) is not None or _model(champion) is None:
        return _FIT_AFTER_MS
    return task.days * DAY_MS


async def _fit(
    connection: Any,
    project: str,
    now: int,
    task: Task,
    standing: Standing,
    champion: Champion | None,
    visitors: Sequence[Visitor],
) -> None:
    fitted, held_out = await asyncio.to_thread(fit_and_judge, visitors, task, now)
    origin = trained_on(visit.simulated for each in visitors for visit in each.visits)
    decision = await asyncio.to_thread(decide, champion, task, fitted, held_out, origin)
    async with connection.transaction():
        await lock_out_erasures(connection)
        if fitted.model is None and must_go(champion) is not None:
            await abstain(connection, project, task.name, standing, now, fitted.reason or "")
            return
        kept = Fitted(
            trained_on=origin,
            features=list(NAMES),
            metrics=fitted.metrics,
            estimator=None if fitted.model is None else fitted.model.dumps(),
            reason=fitted.reason,
            described=_described(task),
        )
        if await put(connection, project, task.name, standing, now, kept, decision):
            await looked(connection, project, task.name, now, fitted.reason if decision.promote else None)


def _described(task: Task) -> dict[str, Any]:
    visits = "earlier sessions"
    told = [{"name": name, "unit": "-", "meaning": meaning, "source": visits} for name, meaning in MEANINGS.items()]
    return {"asked": "Of a visitor, once an hour", "asks": task.asks, "outcome": task.outcome, "features": told}


async def _score(connection: Any, project: str, now: int) -> None:
    """Everybody who was here lately; of the others nothing is said any more."""
    standings = {task.name: await begin(connection, project, task.name) for task in TASKS}
    models = {
        task.name: _model(await in_use(connection, project, task.name))
        for task in TASKS
        if standings[task.name].reason is None and not standings[task.name].knows_the_erased
    }
    active = await connection.fetch(_ACTIVE, project, now - ACTIVE_DAYS * DAY_MS, _SCORED)
    visitors = await _visits_of(connection, project, active, now - LOOK_BACK_DAYS * DAY_MS, MOST_VISITS)
    told = await asyncio.to_thread(scored, visitors, models, now) if any(models.values()) else []
    async with connection.transaction():
        await lock_out_erasures(connection)
        await connection.execute(_FORGET, project, [each[0] for each in told])
        if told:
            await connection.execute(_PUT, project, *columns(told))
        for task in TASKS:
            await looked(connection, project, task.name, now, standings[task.name].reason)


async def _visits_of(connection: Any, project: str, who: Sequence[Any], since: int, most: int) -> list[Visitor]:
    return by_visitor(await connection.fetch(_VISITS_OF, project, [row["visitor"] for row in who], since, most))


def scored(visitors: Sequence[Visitor], models: dict[str, Propensity | None], now: int) -> list[Row]:
    """What is said of each visitor at `now`: who, both scores, and what is known of them."""
    scores: dict[str, dict[int, float]] = {}
    known_of: dict[int, Any] = {}
    for task in TASKS:
        model = models.get(task.name)
        asked = asked_about(visitors, task, now)
        known_of |= dict(asked)
        if model is not None and asked:
            found = predict(model, matrix([known for _, known in asked], now))
            scores[task.name] = dict(zip((place for place, _ in asked), found.round(4).tolist(), strict=True))
    return [
        (
            visitors[place].visitor,
            scores.get(RETURN_7D.name, {}).get(place),
            scores.get(CHURN_30D.name, {}).get(place),
            len(known),
            known[-1].last_at,
            _usual_gap(known),
            sum(each.goals for each in known),
            round(sum(each.revenue for each in known), 4),
        )
        for place, known in sorted(known_of.items())
    ]


def _usual_gap(known: Sequence[Any]) -> float | None:
    gaps = np.diff([each.last_at for each in known])
    return round(float(np.median(gaps)) / DAY_MS, 2) if len(gaps) else None


def _model(champion: Champion | None) -> Propensity | None:
    try:
        return Propensity.loads(champion.estimator) if champion is not None and champion.estimator is not None else None
    except InputError:
        # Of another version of the library: it is fitted anew within a day.
        return None


RETURNS = Job("returns", _SECONDS, keep_returns)
