"""Blocks of events by columns."""

import zlib

import numpy as np

from gooddata.blocks.block import Block, decode, encode

SEEDS = [
    encode(Block(0, {"second": np.array([1, 2], "u4"), "revenue": np.array([0.5])}, {"path": [None, "/a"]})),
    b"\x01" + zlib.compress(b"\x05\x00\x00\x00[]   "),
    b"\x02", b"",
    b"\x01" + zlib.compress(b'\x3a\x00\x00\x00{"start":1,"columns":[["a","O",1]],"texts":{}}' + bytes(40)),
]  # fmt: skip


def attack(data: bytes) -> None:
    # As it is, and as what was compressed: chance finds no checksum of zlib's.
    for packed in (data, b"\x01" + zlib.compress(data)):
        try:
            encode(decode(packed))
        except ValueError:
            continue
