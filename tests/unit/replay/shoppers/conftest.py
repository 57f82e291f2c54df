from pathlib import Path

import pytest

from gooddata.replay.shoppers.shop import Shop, open_shop

CATALOG = Path(__file__).parents[4] / "engine" / "demo" / "catalog.json"


@pytest.fixture(scope="session")
def shop() -> Shop:
    """The demo shop, from the catalogue that the build copies into the package."""
    return open_shop(CATALOG)
