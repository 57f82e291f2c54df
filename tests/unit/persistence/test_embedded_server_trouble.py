from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.server_trouble import is_passing, server_trouble


@pytest.mark.parametrize(
    "line",
    [
        'FATAL:  could not write lock file "postmaster.pid": No space left on device',
        'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 9',
        'PANIC:  could not write to file "pg_wal/xlogtemp.1": Disk quota exceeded',
    ],
)
def test_a_full_disk_is_told_from_what_postgres_says(tmp_path: Path, line: str) -> None:
    trouble = server_trouble("Starting PostgreSQL", tmp_path, f"LOG:  starting\n{line}\n")
    assert isinstance(trouble, ConfigurationError)
    assert f"The disk that holds {tmp_path} is full" in str(trouble)


def test_a_lack_of_shared_memory_is_not_a_full_disk(tmp_path: Path) -> None:
    line = 'FATAL:  could not resize shared memory segment "/PostgreSQL.1" to 1 bytes: No space left on device'
    assert "disk" not in str(server_trouble("Starting PostgreSQL", tmp_path, line))


def test_the_last_lines_are_shown_and_where_the_rest_is(tmp_path: Path) -> None:
    output = "\n".join(f"line {number}" for number in range(20))
    text = str(server_trouble("Starting PostgreSQL", tmp_path, output, tmp_path / "server.log"))
    assert text.startswith(f"Starting PostgreSQL in {tmp_path} failed.")
    assert "line 12\n" in text
    assert "line 11\n" not in text
    assert text.endswith(f"line 19\nAll of it is in {tmp_path}/server.log.")


def test_what_goes_away_by_itself_is_worth_another_try() -> None:
    assert is_passing("FATAL:  pre-existing shared memory block (key 16089112, ID 5) is still in use")
    assert is_passing('FATAL:  lock file "postmaster.pid" already exists')
    assert is_passing("FATAL:  could not create any TCP/IP sockets")
    assert not is_passing('FATAL:  invalid value for parameter "shared_buffers"')
