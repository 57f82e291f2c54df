"""Disks without room. What counts: that somebody was told so."""

import asyncio

from tests.faults.installation import NODES


async def spool_is_full(site, chance):
    """The log is away, and the disks on which ingestion would keep events have no room."""
    before = _refused_for_room(site)
    load = site.load
    async with site.database_away():
        for node in NODES:
            site.disks[node].fill()
        try:
            await asyncio.sleep(chance.uniform(1.5, 3.0))
        finally:
            for node in NODES:
                site.disks[node].empty()
    return sum(count for message, count in load.refusals.items() if _is_of_room(message)) - before


async def data_folder_is_full(site, chance):
    """The database is there, and the disk of an ingestion node has no room when the node is started anew."""
    told = site.told()
    site.disks["ingestion"].fill()
    try:
        await site.kill("ingestion")
        for _ in range(chance.randrange(80, 160)):
            await asyncio.sleep(0.05)
            if told.count("No space left"):
                break
    finally:
        site.disks["ingestion"].empty()

    async def told_so():
        return told.count("No space left")

    return told_so


async def database_is_full(site, chance):
    told = site.told()
    site.disks["database"].fill()
    try:
        await asyncio.sleep(chance.uniform(1.5, 3.0))
    finally:
        site.disks["database"].empty()

    async def told_so():
        return told.count("No space left", "wrote only")

    return told_so


def _refused_for_room(site):
    return sum(count for message, count in site.load.refusals.items() if _is_of_room(message))


def _is_of_room(message):
    return "No space left" in message
