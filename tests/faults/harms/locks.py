"""Sessions that take locks: in the opposite order, so that they and a process wait for each other; or for long. What
counts: deadlocks that PostgreSQL has found, and those whom a lock was seen to keep waiting."""

import asyncio

import asyncpg

from gooddata.eventlog.postgres import UNAVAILABLE

ATTEMPTS = 4
_WAITING = "SELECT count(*)::int FROM pg_locks WHERE NOT granted"


def deadlocks(database, first, then):
    """`first` is what a process takes last in its transaction, `then` what it takes first."""

    async def provoke(site, chance):
        told = site.told()
        for _ in range(ATTEMPTS):
            connection = await site.owner(database)
            try:
                async with connection.transaction():
                    await connection.execute(first, timeout=10)
                    # By now a process waits for it, and holds what it has taken before.
                    await asyncio.sleep(chance.uniform(0.2, 0.5))
                    await connection.execute(then, timeout=10)
            except (*UNAVAILABLE, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
            finally:
                connection.terminate()
            if told.count("deadlock detected"):
                break

        async def found():
            return told.count("deadlock detected")

        return found

    return provoke


def lock_waits(database, statement):
    async def hold(site, chance):
        connection = await site.owner(database)
        waited = 0
        try:
            async with connection.transaction():
                await connection.execute(statement, timeout=10)
                # Longer than ingestion waits for an answer, now and then.
                for _ in range(chance.randrange(5, 24)):
                    waited = max(waited, await connection.fetchval(_WAITING, timeout=5))
                    await asyncio.sleep(0.25)
        except (*UNAVAILABLE, asyncpg.PostgresError):
            # It was ended by another fault, and its locks with it.
            pass
        finally:
            connection.terminate()
        return waited

    return hold
