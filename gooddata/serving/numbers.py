"""What serving tells of itself, and of the installation as its databases have it."""

from collections.abc import Iterable
from typing import Any

from gooddata.inside.numbers import Sample
from gooddata.serving.columns.shelf import Shelf
from gooddata.serving.feedback import Feedback
from gooddata.serving.lag import expired_leases, lags, workers
from gooddata.serving.live import Live
from gooddata.serving.recommender import WAITING, Recommender
from gooddata.serving.store import Store
from gooddata.sql import statement

_MODELS = statement("gooddata.serving.queries", "models_in_use")


class Served:
    def __init__(self, store: Store, feedback: Feedback, live: Live, recommender: Recommender, shelf: Shelf) -> None:
        self._store = store
        self._feedback = feedback
        self._live = live
        self._recommender = recommender
        self._shelf = shelf

    def samples(self) -> Iterable[Sample]:
        """What is known without asking anybody."""
        heard = self._feedback
        yield Sample("gooddata_streams", heard.streams, ("intelligence",))
        yield Sample("gooddata_streams", self._live.streams, ("live",))
        yield Sample("gooddata_scores_heard_total", heard.heard)
        yield Sample("gooddata_scores_delivered_total", heard.delivered)
        yield Sample("gooddata_scores_late_total", heard.late)
        yield Sample("gooddata_score_delivery_seconds", heard.seconds)
        yield Sample("gooddata_recommender_questions", self._recommender.waiting)
        yield Sample("gooddata_recommender_questions_limit", WAITING)
        yield Sample("gooddata_query_memory_bytes", self._shelf.bytes)
        yield Sample("gooddata_query_memory_bytes_limit", self._shelf.room)
        for name, pool in (("analytics", self._store.analytics), ("raw", self._store.raw)):
            idle = pool.get_idle_size()
            yield Sample("gooddata_pool_connections", idle, (name, "idle"))
            yield Sample("gooddata_pool_connections", pool.get_size() - idle, (name, "in use"))
            yield Sample("gooddata_pool_connections_limit", pool.get_max_size(), (name,))

    async def of_installation(self) -> list[Sample]:
        """How far workers are behind, who works, and how old models are."""
        lag = await lags(self._store)
        told = [Sample("gooddata_partitions", len(lag.partitions))] if lag.log_answers else []
        for each in lag.partitions:
            label = (str(each.partition),)
            told.append(Sample("gooddata_partition_lag_seconds", each.lag_ms / 1_000, label))
            told.append(Sample("gooddata_partition_lag_batches", each.behind, label))
        there = await workers(self._store)
        alive = sum(each["alive"] for each in there)
        told.append(Sample("gooddata_workers", alive, ("alive",)))
        told.append(Sample("gooddata_workers", len(there) - alive, ("lost",)))
        told.append(Sample("gooddata_leases_expired", await expired_leases(self._store)))
        return told + _of_models(await self._store.analytics.fetch(_MODELS))


def _of_models(rows: Iterable[Any]) -> list[Sample]:
    told: list[Sample] = []
    oldest: dict[str, float] = {}
    for row in rows:
        told.append(Sample("gooddata_models", row["models"], (row["task"], row["status"])))
        oldest[row["task"]] = max(row["age"], oldest.get(row["task"], 0.0))
    return told + [Sample("gooddata_model_age_seconds", age, (task,)) for task, age in oldest.items()]
