"""A real event log through the HTTP API: the ledger adds up, sessions are right, a model is trained, and every page of
the dashboard shows it."""

import asyncio
import json

import httpx
import pytest

from tests.e2e.conftest import start_product
from tests.e2e.page_walk import LOOKS, signed_in_at, walk
from tests.e2e.recount import all_applied, counts, plain_sessions, rows_of


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    started = start_product(tmp_path_factory.mktemp("replay") / "data")
    yield started
    assert started.stop() == 0


@pytest.fixture(scope="module")
def retailrocket(shared_data):
    return shared_data / "retailrocket" / "events_20150910_15.csv.xz"


async def test_replaying_a_real_shop(product, retailrocket):
    rows = rows_of(retailrocket)
    replay = ["replay", str(retailrocket), "--format", "retailrocket", "--project", "default", "--json"]
    report = json.loads(product.command(*replay))
    assert report["rows"] == report["sent"] == report["accepted"] == len(rows)

    headers = {"Authorization": f"Bearer {product.announced['read_key']}"}
    async with httpx.AsyncClient(base_url=product.url, headers=headers, timeout=30) as api:
        await all_applied(api)
        ledger = (await api.get("/api/ledger")).json()
        assert ledger["received"] == ledger["stored"] == len(rows)
        first = await counts(product)
        assert first["stored"] == first["ids"] == first["events"] == len(rows)
        assert first["sessions"] == plain_sessions(rows, product)
        total = [row for row in first["rollup"] if row[2] == ""]
        assert sum(row[4] for row in total) == len(rows)
        assert sum(row[6] for row in total) == len(first["sessions"])

        again = json.loads(product.command(*replay))
        assert (again["accepted"], again["duplicate"]) == (0, len(rows))
        await all_applied(api)
        assert await counts(product) == first, "sending everything twice changes nothing"
        twice = (await api.get("/api/ledger")).json()
        assert twice == ledger | {"received": 2 * len(rows), "duplicate": len(rows)}

        # The trainer has noticed by itself that there is something to learn from.
        model = await learned(api)
        assert model["trained_on"] == "observed"
        assert model["metrics"]["sessions_train"] > 0
        if model["status"] == "ready":
            assert model["metrics"]["auc"] > 0.5
        else:
            assert model["reason"]


async def learned(api):
    """The first model of conversion that was held against sessions that it had not seen."""
    for _ in range(600):
        for model in (await api.get("/api/models")).json()["models"]:
            if model["task"] == "conversion" and model["metrics"]:
                return model
        await asyncio.sleep(0.25)
    raise AssertionError("nothing is learned")


@pytest.mark.timeout(120)
async def test_pages_show_the_real_shop(browser, product, retailrocket):
    """After it was replayed, by the test before."""
    state = await signed_in_at(browser, product)
    for theme, size in LOOKS:
        assert len(await walk(browser, product, state, theme, size, "?range=all")) >= 10
