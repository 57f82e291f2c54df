import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.account import Account
from gooddata.persistence.embedded.binaries import _refuse_if_others_can_write, binaries_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gooddata-test-") as name:
        yield Path(name)


def test_the_programs_of_the_wheel_run_here(folder: Path) -> None:
    me = Account("me", os.geteuid(), os.getegid(), borrowed=False)
    binaries = binaries_for(me, print, folder)
    assert binaries.major == binaries.version.split(".")[0] == "18"
    assert (binaries.folder / "initdb").exists()
    assert list(folder.iterdir()) == []  # nothing was copied


@as_root
def test_programs_that_others_can_change_are_not_run(folder: Path) -> None:
    copy = folder / "postgres-18"
    copy.mkdir(mode=0o755)
    _refuse_if_others_can_write(copy)
    for uid, mode in ((0, 0o775), (0, 0o757), (12345, 0o755)):
        os.chown(copy, uid, 0)
        copy.chmod(mode)
        with pytest.raises(ConfigurationError, match=f"chown root {copy} && chmod go-w {copy}"):
            _refuse_if_others_can_write(copy)
