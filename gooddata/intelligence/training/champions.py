"""The models in use of the tasks that are trained, as training compares with them."""

from typing import Any

from gooddata.intelligence.scoring.tasks import NAMES
from gooddata.intelligence.training.decide import Champion
from gooddata.sql import statement

_CHAMPIONS = statement(__package__, "champions")


async def champions(connection: Any, project: str) -> dict[str, Champion]:
    """By task, on a connection whose times are milliseconds."""
    return {
        row["task"]: Champion(*list(row.values())[1:])
        for row in await connection.fetch(_CHAMPIONS, project, list(NAMES))
    }
