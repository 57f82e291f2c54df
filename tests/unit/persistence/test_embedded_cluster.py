from pathlib import Path

import pytest

from gooddata.errors import ConfigurationError
from gooddata.persistence.embedded.binaries import Binaries
from gooddata.persistence.embedded.cluster import check_cluster, owner_password

BINARIES = Binaries(Path("/opt/pg/bin"), "18.6")


def test_the_password_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    password = owner_password(tmp_path)
    assert len(password) == 32
    assert owner_password(tmp_path) == password
    assert (tmp_path / "owner-password").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["owner-password"]


def test_a_folder_without_a_database_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is not a PostgreSQL database: it has no file PG_VERSION"):
        check_cluster(tmp_path, BINARIES)


def test_a_database_of_another_major_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(ConfigurationError, match=r"was made by PostgreSQL 17, and this is PostgreSQL 18\.6"):
        check_cluster(tmp_path, BINARIES)
    (tmp_path / "PG_VERSION").write_text("18\n")
    check_cluster(tmp_path, BINARIES)
