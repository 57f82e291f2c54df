"""Compressed bodies: what opens is opened to no more than the limit."""

import gzip
import zlib

import zstandard

from gooddata.ingestion import limits
from gooddata.ingestion.inflate import GZIP, GZIP_OR_ZLIB, inflated
from gooddata.ingestion.request import open_request
from gooddata.ingestion.unusable import Unusable

BATCH = b'{"batch":[{"id":"1","type":"track","name":"A","visitor":"v"}]}'
SEEDS = [
    gzip.compress(BATCH, mtime=0),
    gzip.compress(BATCH, mtime=0)[:-4],
    gzip.compress(b"", mtime=0) + gzip.compress(BATCH, mtime=0),
    zlib.compress(BATCH),
    zstandard.compress(BATCH),
    b"\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03",
]


def attack(data: bytes) -> None:
    for form in (GZIP, GZIP_OR_ZLIB):
        try:
            assert len(inflated(data, form)) <= limits.DECOMPRESSED_BYTES
        except Unusable as problem:
            assert problem.status in (400, 413)
    for encoding in ("gzip", "zstd"):
        try:
            open_request(data, "/v1/batch", encoding)
        except Unusable as problem:
            assert problem.status in (400, 413, 415)
