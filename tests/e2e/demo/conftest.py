"""The product with its demo, which takes a minute to have a past and models, and keeps a core busy all the while."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import Product, start_product


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its demo shop and simulated shoppers."""
    started = start_product(tmp_path_factory.mktemp("demo") / "data", "--demo")
    headers = {"Authorization": f"Bearer {started.announced['read_key']}"}
    with httpx.Client(base_url=started.url, headers=headers, timeout=30) as api:
        # The shop's past is sent at the first start; what a click takes is measured after that.
        for _ in range(180):
            tasks = [model["task"] for model in api.get("/api/models").json()["models"]]
            if "conversion" in tasks and api.get("/api/live").json()["lag_ms"] < 1_000:
                break
            time.sleep(1)
    yield started
    assert started.stop() == 0
