"""Messages of the event log's stream. The first byte says for what they are taken."""

from datetime import UTC, datetime

from gooddata.eventlog.batch import NewBatch, Rejection
from gooddata.eventlog.jetstream.message import (
    Beside,
    Damaged,
    WriterNote,
    body_of,
    encode_batch,
    encode_note,
    encode_tombstones,
    head_of,
    note_of,
    stored_batch,
    tombstones_of,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)
BESIDE = Beside([("shop", AT, "rejected", "not_json", 3)], [Rejection("shop", None, None, "not_json", b"{")], 100)
SEEDS = [
    b"\x00" + encode_batch(NewBatch(0, 1, bytes(8), [7], b"[]"), AT, BESIDE),
    b"\x01" + encode_note(WriterNote(AT, 5, [], BESIDE)),
    b"\x02" + encode_tombstones([]),
    b"\x00\x00\x00\x00\x05\x90\x28\xb5\x2f\xfd",
    # A frame of some bytes that says it opens to a terabyte.
    b"\x00" + encode_batch(NewBatch(0, 0, b"", [], b"[]"), AT, None).partition(b"\x28\xb5\x2f\xfd")[0]
    + b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00",
]  # fmt: skip


def attack(data: bytes) -> None:
    for read in [(head_of, body_of), (note_of,), (tombstones_of,)][(data[:1] or b"\0")[0] % 3]:
        try:
            read(data[1:])
        except Damaged:
            continue
    stored_batch(0, 1, data[1:])
