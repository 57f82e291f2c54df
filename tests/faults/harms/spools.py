"""Files of the spool that are damaged while nobody has them open. What counts: records of which bytes are gone."""

import asyncio
import os
import struct
import uuid
import zlib
from contextlib import suppress

from gooddata.ingestion.spool import records_in

NODE = "ingestion"
_HEAD = struct.Struct("<4sIIQ")


def damaged(how):
    """The log is away until something is spooled; the node is killed, what it has spooled is damaged, and it starts
    again by itself."""

    async def damage(site, chance):
        load = site.load
        async with site.database_away():
            for _ in range(100):
                if _segments(site):
                    break
                await asyncio.sleep(0.05)
            await asyncio.sleep(chance.uniform(0.3, 1.0))
            pid = await site.running(NODE)
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
            await site.gone(NODE, pid)
            # A node that starts does not come as far as its spool while the log is away.
            touched = 0
            for segment in _segments(site):
                before = segment.read_bytes()
                after = how(before, chance)
                segment.write_bytes(after)
                touched += _note(load, segment.parent, before, after)
        return touched

    return damage


def truncated(content, chance):
    return content[: chance.randrange(1, len(content))]


def bits_flipped(content, chance):
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def garbage(content, chance):
    """Over a part of it, in its midst or at an end."""
    start = chance.choice([0, chance.randrange(len(content))])
    length = min(chance.randrange(1, 20_000), len(content) - start)
    return content[:start] + chance.randbytes(length) + content[start + length :]


def _segments(site):
    return [each for each in site.data(NODE).glob("spool/*/*.segment") if each.stat().st_size]


def _note(load, folder, before, after):
    """Tells the load which events were in records that are not whole any more; how many records that are."""
    spans, at = [], 0
    # One that was damaged before may be damaged again.
    while (at := before.find(b"gds1", at)) >= 0 and at + _HEAD.size <= len(before):
        _, length, checksum, number = _HEAD.unpack_from(before, at)
        end = at + _HEAD.size + length
        is_whole = end <= len(before) and zlib.crc32(before[at + _HEAD.size : end], number & 0xFFFFFFFF) == checksum
        if is_whole:
            spans.append((number, at, end))
        at = end if is_whole else at + 1
    gone = {number for number, start, end in spans if before[start:end] != after[start:end]}
    if gone:
        for number, record in records_in(before):
            if number in gone:
                arrival = record.arrival
                ids = arrival.events.ids if arrival.events else b""
                events = {str(uuid.UUID(bytes=ids[at : at + 16])) for at in range(0, len(ids), 16)}
                load.damaged(events, arrival.count, len(arrival.refused))
    return len(gone)
