"""Slow and broken connections: of all processes to PostgreSQL, of clients to ingestion. What counts: what the proxy
did, what PostgreSQL refused, what clients sent badly."""

import asyncio
from contextlib import suppress

import asyncpg

from gooddata.eventlog.postgres import UNAVAILABLE

REFUSED = ("too many clients already", "remaining connection slots are reserved")


async def database_is_away(site, chance):
    before = site.proxy.refused
    async with site.database_away():
        await asyncio.sleep(chance.uniform(0.5, 3.0))
    return site.proxy.refused - before


async def connections_are_slow(site, chance):
    before = site.proxy.delayed
    site.proxy.delay = chance.uniform(0.02, 0.4)
    try:
        await asyncio.sleep(chance.uniform(1.5, 4.0))
    finally:
        site.proxy.delay = 0.0
    return site.proxy.delayed - before


async def connections_break(site, chance):
    """Again and again, at any moment of a statement."""
    before = site.proxy.broken
    for _ in range(chance.randrange(3, 9)):
        site.proxy.break_connections()
        await asyncio.sleep(chance.uniform(0.05, 0.6))
    return site.proxy.broken - before


async def answers_are_lost(site, chance):
    """What PostgreSQL is told reaches it, its answers do not arrive; then connections break, or nobody is told."""
    before = site.proxy.lost
    site.proxy.loses_answers = True
    try:
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        if chance.random() < 0.7:
            site.proxy.break_connections()
    finally:
        site.proxy.loses_answers = False
    return site.proxy.lost - before


async def clients_are_rude(site, chance):
    """They send half a body, or go away before the answer, and then all of it again."""
    load = site.load
    before = load.rude
    load.is_rude = True
    try:
        await asyncio.sleep(chance.uniform(1.5, 3.0))
    finally:
        load.is_rude = False
    return load.rude - before


async def out_of_connections(site, chance):
    """Somebody takes all that there are, after everybody's were closed."""
    told = site.told()
    hog = []
    clock = asyncio.get_running_loop().time
    ends = clock() + chance.uniform(2.0, 4.0)
    try:
        while clock() < ends:
            more = await asyncio.gather(*(site.connect_elsewhere() for _ in range(10)), return_exceptions=True)
            hog += [each for each in more if isinstance(each, asyncpg.Connection)]
            if any(isinstance(each, asyncpg.TooManyConnectionsError) for each in more):
                with suppress(*UNAVAILABLE, asyncpg.PostgresError):
                    await hog[0].execute(_CLOSE_OTHERS, timeout=5)
            hog = [each for each in hog if not each.is_closed()]
            await asyncio.sleep(0.05)
    finally:
        for each in hog:
            each.terminate()

    async def refused():
        # Of those who want one of our databases; who takes all of them is in another.
        return told.count_together(REFUSED, ("gooddata_raw", "gooddata_analytics"))

    return refused


_CLOSE_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name LIKE 'gooddata%' AND pid <> pg_backend_pid()"""
