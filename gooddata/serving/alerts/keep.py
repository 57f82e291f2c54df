"""Keeps alerts going in a serving process, however busy training is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.serving.alerts import outbox
from gooddata.serving.alerts.outbox import AlertMeans
from gooddata.serving.alerts.watch import look
from gooddata.serving.store import Store

LOOK_SECONDS = 5.0  # each rule is looked at in the first of these of every minute
DELIVER_SECONDS = 2.0
FORGET_SECONDS = 3600.0

logger = logging.getLogger(__name__)


async def keep_alerting(store: Store, means: AlertMeans) -> None:
    """Looks, delivers and tidies up until cancelled, through restarts of the database."""
    await asyncio.gather(
        _every(LOOK_SECONDS, "looking at the rules of alerts", lambda: look(store)),
        # Apart, so that a mail server that is slow to answer holds no webhook up.
        _every(DELIVER_SECONDS, "posting alerts", lambda: outbox.deliver_due(store.analytics, means, "webhook")),
        _every(DELIVER_SECONDS, "mailing alerts", lambda: outbox.deliver_due(store.analytics, means, "email")),
        _every(FORGET_SECONDS, "tidying up the log of alerts", lambda: outbox.forget(store.analytics)),
    )


async def _every(seconds: float, what: str, do: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await do()
        except (*UNAVAILABLE, asyncpg.TransactionRollbackError) as failure:
            logger.warning("%s is not possible now (%s: %s)", what, type(failure).__name__, failure)
        except Exception:
            # The process has visitors to answer: one kind of work that fails must not take the others along.
            logger.exception("%s failed", what)
        await asyncio.sleep(seconds)
