"""PostgreSQL that gives up a transaction, or says nothing any more in the midst of one: ingestion keeps what comes in,
and goes on by itself."""

import asyncio
from datetime import UTC, datetime

import pytest

from gooddata.errors import LogUnavailable
from gooddata.eventlog import postgres as module
from gooddata.eventlog.batch import Append
from gooddata.eventlog.postgres import PostgresLog
from tests.integration.lossy_proxy import LossyProxy


async def test_a_server_that_says_nothing_in_the_midst_of_a_turn_does_not_hold_up_the_log(
    databases, postgres, monkeypatch
):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    proxy = LossyProxy(postgres.port)
    async with proxy.running() as port:
        log = await PostgresLog.open(databases.raw_dsn.replace(f":{postgres.port}/", f":{port}/"), "gooddata_ingest")
        with pytest.raises(LogUnavailable):
            async with log.turn({0}) as turn:
                proxy.loses_answers = True
                await asyncio.wait_for(turn.append(Append(datetime.now(UTC), [], {}, [], 0), {0: 0}), 20)
        # Nothing tells either side that the connection is over, and nobody waits for that.
        proxy.loses_answers = False
        async with asyncio.timeout(60):
            while True:
                try:
                    async with log.turn({0}) as turn:
                        assert turn.heads == {0: 0}
                    break
                except LogUnavailable:
                    continue
        await log.close()
