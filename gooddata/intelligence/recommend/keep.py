"""The standing job: the order of recommendations is learnt, judged on the newest sessions, and stored, with what is
trending and what belongs together, for whoever asks the query API."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.intelligence.champions import Champion, Decision
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.recommend.candidates import FEATURES
from gooddata.intelligence.recommend.clicks import Clicks, goes_by_pages, newest_sessions
from gooddata.intelligence.recommend.decide import decide
from gooddata.intelligence.recommend.importance import importance
from gooddata.intelligence.recommend.index import split_newest
from gooddata.intelligence.recommend.judge import judge, prefixes
from gooddata.intelligence.recommend.ranking import PREFIXES_NEEDED, Ranking
from gooddata.intelligence.recommend.recommender import Recommender
from gooddata.intelligence.results.columns import columns
from gooddata.intelligence.standing_models import Fitted, abstain, begin, in_use, lock_out_erasures, looked, put
from gooddata.intelligence.training.sample import trained_on
from gooddata.sql import statement

TASK = "recommendations"
SESSIONS_NEEDED = 200
_SECONDS = 60.0
_FIT_AFTER_MS = 3 * HOUR_MS
_TEST_SHARE = 0.2
_ITEMS, _ALIKE = 1_000, 10  # that are told: the items most seen, and of each those that belong to it

_PUT = statement(__package__, "put_recommendations")
_FORGET = "DELETE FROM analytics.recommendation WHERE project_id = $1"

_DESCRIBED = {
    "asked": "Of every item that may come next in a session",
    "gives": "its place",
    "asks": "how likely does it come next?",
    "features": [
        {"name": name, "unit": "-", "meaning": meaning, "source": "items of sessions"}
        for name, meaning in FEATURES.items()
    ],
}

Row = tuple[str, int, str, float]


async def keep_recommendations(connection: Any, project: str) -> None:
    """Learns anew if it is time to, on a connection whose times are milliseconds."""
    await keep_as_of(connection, project, time.time_ns() // 1_000_000)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms."""
    standing = await begin(connection, project, TASK)
    if not standing.is_due(now, _FIT_AFTER_MS):
        return
    pages = await goes_by_pages(connection, project)
    sessions = [each async for some in newest_sessions(connection, project, pages) for each in some if each.items]
    champion = await in_use(connection, project, TASK, standing)
    origin = trained_on(each.simulated for each in sessions)
    found = await asyncio.to_thread(learn, sessions, pages, champion, origin)
    if isinstance(found, str):
        async with connection.transaction():
            await connection.execute(_FORGET, project)
            await abstain(connection, project, TASK, standing, now, found)
        return
    fitted = Fitted(
        trained_on=origin,
        features=list(FEATURES),
        metrics=found.metrics,
        estimator=found.ranking.dumps(),
        described=_DESCRIBED,
    )
    async with connection.transaction():
        await lock_out_erasures(connection)
        if not await put(connection, project, TASK, standing, now, fitted, found.decision):
            return  # somebody who was learned from is erased: it is done again the next time
        await connection.execute(_FORGET, project)
        await connection.execute(_PUT, project, *columns(found.rows))
        await looked(connection, project, TASK, now, None)


class Learnt(msgspec.Struct, frozen=True):
    """The order, how good it is, whether it is used from now on, and what is told of items."""

    ranking: Ranking
    metrics: dict[str, Any]
    decision: Decision
    rows: list[Row]


def learn(
    sessions: Sequence[Clicks], pages: bool, champion: Champion | None = None, trained_on: str = "observed"
) -> str | Learnt:
    """From sessions, the oldest first, and the order in use; or why there is none."""
    several = sum(len(set(each.items)) > 1 for each in sessions)
    if several < SESSIONS_NEEDED:
        return f"needs {SESSIONS_NEEDED} sessions of the last 30 days with two items or more; there are {several}"
    older, newest = split_newest(sessions, _TEST_SHARE)
    judged = Recommender.learn([each.items for each in older])
    later = [each.items for each in newest]
    figures = judge(judged, later)
    if told := importance(judged, prefixes(later, judged)):
        figures["importance"] = told
    decision = decide(champion, judged, newest, trained_on)
    items = [each.items for each in sessions]
    served = Recommender.learn(items)
    if served.ranking is None:
        return f"needs {PREFIXES_NEEDED} moments at which the next item could be foreseen"
    metrics = {"sessions": len(sessions), "items": served.index.items, "by": "pages" if pages else "products"} | figures
    return Learnt(served.ranking, metrics, decision, list(_told(served)))


def _told(recommender: Recommender) -> list[Row]:
    """Of everything (item ''), what is trending; of the items most seen, what belongs to each; each with its place."""
    index = recommender.index
    trending, counts = index.trending(len(index))
    names = index.names
    rows = [("", place, names[item], float(count)) for place, (item, count) in enumerate(_first(trending, counts))]
    for item in trending[:_ITEMS].tolist():
        alike = index.alike(item)
        rows += [(names[item], place, names[other], float(by)) for place, (other, by) in enumerate(_first(*alike))]
    return rows


def _first(items: Any, weights: Any) -> list[tuple[int, float]]:
    return list(zip(items[:_ALIKE].tolist(), weights[:_ALIKE].tolist(), strict=True))


RECOMMENDATIONS = Job("recommendations", _SECONDS, keep_recommendations)
