from pathlib import Path

import pytest

from gooddata.ingestion import limits

DOCUMENTED = (Path(__file__).parents[3] / "docs" / "ingestion.md").read_text()


@pytest.mark.parametrize("name", [name for name in vars(limits) if name.isupper() and name != "FLUSH_EVENTS"])
def test_every_limit_is_documented_with_its_value(name):
    table = DOCUMENTED.split("## Limits")[1].split("\n## ")[0]
    assert f"| {getattr(limits, name):,} " in table
