"""Has models fitted on the machines of a Dask cluster, through joblib: to choose its backend is all that is done here.

Each machine reads the sessions itself, from the analytics database that its own settings name, so that neither a
person's visits nor a database's password goes through the cluster: a project's name goes there, models come back.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from gooddata.config import load
from gooddata.errors import ClusterUnavailable, ConfigurationError
from gooddata.intelligence.fitting import Order
from gooddata.intelligence.training.apart import fit_apart
from gooddata.intelligence.training.fit_all import Trained

WORKERS_SECONDS = 30  # that a cluster without workers may take to have one


def fit_there(project: str, memory_mb: int) -> tuple[str, Trained | str]:
    """On a machine of the cluster, in a process of its own: what was trained, or why nothing was."""
    try:
        dsn = load().analytics_dsn
    except ConfigurationError as failure:
        return project, f"on a machine of the cluster, {failure}"
    if not dsn:
        return project, "a machine of the cluster has no GOODDATA_ANALYTICS_DSN"
    return project, asyncio.run(fit_apart(Order(dsn, project, memory_mb), lambda stage: None))


async def fit_spread(scheduler: str, orders: Sequence[Order]) -> AsyncGenerator[tuple[str, Trained | str]]:
    """What came of each project, as it comes. Raises ClusterUnavailable when there is no cluster, and
    ConfigurationError where the packages for it are missing."""
    client = await asyncio.to_thread(_client, scheduler)
    loop = asyncio.get_running_loop()
    came: asyncio.Queue[tuple[str, Trained | str] | Exception] = asyncio.Queue()

    def fit() -> None:
        from joblib import Parallel, delayed, parallel_config

        try:
            with parallel_config(backend=_backend(client)):
                parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="all")
                for each in parallel(delayed(fit_there)(order.project, order.memory_mb) for order in orders):
                    loop.call_soon_threadsafe(came.put_nowait, each)
        except Exception as failure:
            loop.call_soon_threadsafe(came.put_nowait, failure)

    # A thread that nobody waits for: who is told to stop leaves, and the cluster forgets what it was asked.
    threading.Thread(target=fit, name="gooddata-spread", daemon=True).start()
    waiting = {order.project for order in orders}
    try:
        while waiting:
            each = await came.get()
            if isinstance(each, OSError):
                raise ClusterUnavailable(f"the Dask cluster at {scheduler} cannot be used: {each}")
            if isinstance(each, Exception):
                for project in sorted(waiting):
                    yield project, f"the Dask cluster gave it up ({type(each).__name__}: {each})"
                return
            waiting.discard(each[0])
            yield each
    finally:
        await asyncio.shield(asyncio.to_thread(client.close))


def _backend(client: Any) -> Any:
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            # Of one core joblib thinks that the work is done as well here, without a word; but this machine is none of
            # the cluster's.
            return max(2, super().effective_n_jobs(n_jobs))

    return Backend(client=client, wait_for_workers_timeout=WORKERS_SECONDS)


def _client(scheduler: str) -> Any:
    try:
        import joblib  # noqa: F401
        from distributed import Client
    except ImportError:
        raise ConfigurationError(
            "training_scheduler needs Dask and joblib; install them with: pip install 'gooddata[dask]'"
        ) from None
    try:
        return Client(scheduler, set_as_default=False)
    except (OSError, ValueError, TypeError) as failure:
        raise ClusterUnavailable(f"no Dask scheduler can be used at {scheduler}: {failure}") from None
