"""A database that does not start, as where its disk is full, is started again once it can be; `gooddata up` goes on."""

import os
import signal

import asyncpg

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.up import started_again


async def test_a_database_that_does_not_start_is_tried_again(tmp_path):
    said = []
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    postgres.start()
    try:
        os.kill(postgres.pid, signal.SIGKILL)
        while postgres.poll() is None:
            pass
        needed = postgres.cluster / "global" / "pg_control"
        needed.rename(needed.with_suffix(".away"))
        for _ in range(2):
            assert not started_again(postgres, said.append)
            assert postgres.poll() is not None
        assert all("trying again" in sentence for sentence in said) and len(said) == 2
        needed.with_suffix(".away").rename(needed)
        assert started_again(postgres, said.append)
        connection = await asyncpg.connect(postgres.dsn("postgres"))
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        postgres.stop()
