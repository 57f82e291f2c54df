import gzip
import hashlib
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gooddata.errors import InputError
from gooddata.replay import source as source_module
from gooddata.replay.row import Malformed, Row
from gooddata.replay.source import Source

CSV = b"timestamp,visitorid,event,itemid,categoryid\n1000,1,view,5,2\n\nnonsense\n2000,1,addtocart,5,2"


def rows(source: Source) -> list[tuple[int, str]]:
    return [
        (number, entry.event["name"] if isinstance(entry, Row) else entry.reason) for number, entry in source.entries()
    ]


EXPECTED = [(2, "Product Viewed"), (4, "1 columns instead of 5"), (5, "Product Added")]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_lines_keep_their_numbers_however_the_file_is_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(pack(CSV))
    with Source(str(path), "retailrocket") as source:
        assert rows(source) == EXPECTED
        assert rows(source) == EXPECTED, "a second pass reads the same"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_the_digest_is_of_the_content(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(pack(CSV))
    digest = hashlib.sha256()
    with Source(str(path), "retailrocket") as source:
        list(source.entries(digest))
    assert digest.hexdigest() == hashlib.sha256(CSV).hexdigest()


def test_standard_input_can_be_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(CSV))))
    with Source("-", "retailrocket") as source:
        assert source.name == "standard input"
        assert rows(source) == rows(source) == EXPECTED


def test_tells_how_much_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(CSV)
    with Source(str(path), "retailrocket") as source:
        for _ in source.entries():
            assert 0 < source.fraction <= 1
        assert source.fraction == 1.0


def test_an_empty_file_has_no_rows_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with Source(str(path), "ndjson") as source:
        assert rows(source) == []
        assert source.fraction == 1.0


def test_a_line_of_any_length_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_LINE_BYTES", 64)
    path = tmp_path / "long"
    path.write_bytes(b"1000,1,view,5,2\n" + b"x" * 1_000 + b"\n2000,1,view,5,2\n" + b"y" * 1_000)
    digest = hashlib.sha256()
    with Source(str(path), "retailrocket") as source:
        entries = list(source.entries(digest))
    assert [(number, type(entry)) for number, entry in entries] == [(1, Row), (2, Malformed), (3, Row), (4, Malformed)]
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_bytes_that_are_no_utf8_do_not_stop_the_file(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes(b'::1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "http://\xe4/" "-"\n')
    with Source(str(path), "combined") as source:
        [(_, entry)] = source.entries()
    assert isinstance(entry, Row)
    assert entry.event["context"]["page"]["referrer"] == "http://\ufffd/"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
@pytest.mark.parametrize("harm", [lambda packed: packed[:-9], lambda packed: packed[:30] + b"\0\0\0\0" + packed[34:]])
def test_a_damaged_file_is_named(
    tmp_path: Path, pack: Callable[[bytes], bytes], harm: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "torn"
    path.write_bytes(harm(pack(CSV * 50)))
    with Source(str(path), "retailrocket") as source, pytest.raises(InputError, match="torn is damaged"):
        list(source.entries())


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere cannot be read: No such file"):
        Source(str(tmp_path / "nowhere"), "ndjson")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        Source(str(tmp_path), "ndjson")
    with pytest.raises(InputError, match="no format 'xml'; there are retailrocket, combined, ndjson"):
        Source(str(tmp_path), "xml")
