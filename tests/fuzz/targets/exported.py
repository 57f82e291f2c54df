"""Lines of GoodData's own export."""

from gooddata.replay.ndjson import reader
from tests.fuzz.lines import read_lines

SEEDS = [
    b'{"id":"0198c4a1-0000-7000-8000-000000000001","message_id":"m","type":"track","name":"A","visitor":"v",'
    b'"timestamp":"2026-11-20T12:00:00+00:00","properties":{"a":1},"project_id":"p"}\n',
    b'{"type":"identify","timestamp":1795132800000,"properties":{"a":1}}\n{"timestamp":"0001-01-01T00:00:00+23:59"}\n',
    b'{"timestamp":1e400}\n{"timestamp":true}\n[]\n{"timestamp":"9999-12-31T23:59:59-12:00"}',
]


def attack(data: bytes) -> None:
    read_lines(reader(), data)
