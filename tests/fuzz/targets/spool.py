"""A spool's segment as it may be found after a crash. The first byte says what is done to it: it is taken as it is, put
between two whole records, or as the body of a record whose checksum is right."""

import struct
import tempfile
import zlib
from pathlib import Path

import msgspec

from gooddata.ingestion.arrival import Arrival, Packed
from gooddata.ingestion.spool import Record, Spool

HEAD = struct.Struct("<4sIIQ")
ARRIVAL = Arrival("shop", 1_000, b'{"a":1}', Packed(1, bytes(16), None, [7], b"[1]", b'{"n":1}'))
WHOLE = msgspec.msgpack.encode(Record(ARRIVAL))


def framed(body: bytes, number: int) -> bytes:
    return HEAD.pack(b"gds1", len(body), zlib.crc32(body, number), number) + body


SEEDS = [
    b"\x00" + framed(WHOLE, 1) + framed(WHOLE, 2),
    b"\x00" + framed(WHOLE, 1) + framed(WHOLE, 2)[:-3],
    b"\x01gds1\x05\x00\x00\x00",
    b"\x02" + WHOLE,
    b"\x02" + msgspec.msgpack.encode({"arrival": {"project": "x", "received_at": 2**63}}),
    b"\x00" + framed(WHOLE, 9) + framed(WHOLE, 3),
]


def attack(data: bytes) -> None:
    kind, rest = (data[:1] or b"\0")[0] % 3, data[1:]
    content = [rest, framed(WHOLE, 1) + rest + framed(WHOLE, 2), framed(WHOLE, 1) + framed(rest, 2) + framed(WHOLE, 3)][
        kind
    ]
    with tempfile.TemporaryDirectory(prefix="gooddata-fuzz-") as name:
        folder = Path(name)
        (folder / f"{1:020}.segment").write_bytes(content)
        spool = Spool(folder, 1 << 24)
        try:
            found = spool.read(1_000_000)
            if kind:
                assert len(found) >= 2, "what is whole is read, whatever stands beside it"
            spool.append([Record(ARRIVAL)])
            assert spool.read(1_000_000)[-1] == (spool.last, Record(ARRIVAL))
            spool.forget(spool.last)
            assert spool.is_empty and not spool.read(1)
        finally:
            spool.close()
