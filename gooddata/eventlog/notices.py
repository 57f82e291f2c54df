"""What the stages tell each other by PostgreSQL's notices: that visitors were scored, that somebody was erased."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.persistence.pool import open_connection

SCORED = "gooddata_score"
ERASED = "gooddata_erased"
_RECONNECT_SECONDS = 0.5

logger = logging.getLogger(__name__)


async def listen(
    dsn: str,
    role: str,
    name: str,
    *,
    scored: Callable[[str], None],
    erased: Callable[[str, UUID], None],
    began: Callable[[], None] = lambda: None,
) -> None:
    """Hears of scores (JSON, as workers send them) and of who is erased (project, pseudonym) in the analytics database,
    until cancelled, through its restarts.

    `name` is what the server calls the connection; `began` is called whenever it hears from then on: what was told
    before that may have been missed.
    """

    def hear_erased(*notice: object) -> None:
        project, _, visitor = str(notice[-1]).rpartition(" ")
        erased(project, UUID(visitor))

    while True:
        try:
            connection = await open_connection(dsn, role, name=name)
            gone = asyncio.Event()
            connection.add_termination_listener(lambda *_, gone=gone: gone.set())
            await connection.add_listener(SCORED, lambda *notice: scored(notice[-1]))
            await connection.add_listener(ERASED, hear_erased)
            began()
            try:
                await gone.wait()
            finally:
                connection.terminate()
        except UNAVAILABLE as failure:
            logger.warning("%s cannot listen (%s); trying again", name, failure)
        await asyncio.sleep(_RECONNECT_SECONDS)
