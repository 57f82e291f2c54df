import os
from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.account import Account, account_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def test_a_plain_user_runs_the_server_itself(tmp_path: Path) -> None:
    account = Account("me", os.geteuid(), os.getegid(), borrowed=False)
    assert account.popen_arguments() == {}
    assert account.can_enter(tmp_path)
    account.own(tmp_path)


@as_root
def test_root_takes_an_unprivileged_user_without_its_own_groups(tmp_path: Path) -> None:
    account = account_for(tmp_path / "cluster")
    assert account.name in ("postgres", "nobody")
    assert account.popen_arguments() == {"user": account.uid, "group": account.gid, "extra_groups": []}


@as_root
def test_root_keeps_to_the_user_who_owns_the_database(tmp_path: Path) -> None:
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    os.chown(cluster, 12345, 12345)
    assert account_for(cluster) == Account("user 12345", 12345, 12345, borrowed=True)


@as_root
def test_a_database_of_root_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"chown -R (postgres|nobody) {tmp_path}"):
        account_for(tmp_path)


@as_root
def test_the_way_to_a_folder_is_read_from_the_modes_above_it(tmp_path: Path) -> None:
    account = Account("somebody", 12345, 12345, borrowed=True)
    outer = tmp_path / "outer"
    (outer / "inner").mkdir(parents=True)
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o001 == 0:
            assert not account.can_enter(outer / "inner")
            return
    outer.chmod(0o711)
    assert account.can_enter(outer / "inner")
