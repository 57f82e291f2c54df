"""Published benchmarks, run through the detector, the recommender and the models that workers use.

Every benchmark is a module here with `run(data)`: it reads its data set below that folder and gives figures. One set of
settings serves all data sets of a task; what is chosen is chosen on training data alone.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.intelligence.evaluate.report import Evaluation

BENCHMARKS = {
    "nab": "anomalies in 58 labelled series (Numenta Anomaly Benchmark)",
    "rsc15": "the next item of a session (RecSys Challenge 2015, newest 1/64)",
    "serenade": "the next item of a session (bol.com's example clicks)",
    "diginetica": "the next item of a session (Diginetica)",
    "shoppers": "does a session end in a purchase (UCI Online Shoppers)",
    "retailrocket": "does a session still end in a purchase, after its first events (RetailRocket)",
    "cdnow": "does a customer buy again within 39 weeks (CDNOW)",
}


def evaluate(benchmark: str, data: Path) -> Evaluation:
    """Runs one of BENCHMARKS on the data sets below `data`. Raises InputError where its files are missing."""
    module = import_module(f"{__name__}.{benchmark}")
    run: Callable[[Path], Evaluation] = module.run
    # As in a worker, which shares its cores with other processes.
    with threadpool_limits(1):
        return run(data)
