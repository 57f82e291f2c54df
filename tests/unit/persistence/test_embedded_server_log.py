from pathlib import Path

import pytest

from gooddata.persistence.embedded import server_log
from gooddata.persistence.embedded.server_log import ServerLog


def test_text_is_what_was_written_since_the_mark(tmp_path: Path) -> None:
    log = ServerLog(tmp_path)
    log.file.write(b"before\n")
    log.mark()
    log.file.write("später\n".encode())
    assert log.text() == "später\n"
    log.close()
    assert ServerLog(tmp_path).text() == ""
    assert log.path.read_text() == "before\nspäter\n"
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_a_full_log_begins_anew_and_keeps_one_former(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_log, "MAX_BYTES", 100)
    log = ServerLog(tmp_path)
    for line in (b"first", b"second"):
        log.file.write(line * 30)
        log.bound()
    log.file.write(b"third")
    assert log.path.read_bytes() == b"third"
    assert log.text() == "third"
    assert (tmp_path / "server.log.1").read_bytes() == b"second" * 30
    assert {path.name for path in tmp_path.iterdir()} == {"server.log", "server.log.1"}
    log.close()
