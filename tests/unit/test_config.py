from pathlib import Path

import pytest

from gooddata import config
from gooddata.errors import ConfigurationError


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path):
    (tmp_path / "settings.toml").write_text('port = 1\nhost = "file"\ndata = "file"\n')
    environment = {
        "GOODDATA_SETTINGS": str(tmp_path / "settings.toml"),
        "GOODDATA_PORT": "2",
        "GOODDATA_HOST": "environment",
    }
    settings = config.load({"port": 3, "host": None}, environment)
    assert (settings.port, settings.host, settings.data) == (3, "environment", Path("file"))


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"GOODDATA_PORT": "eighty"}, "port"),
        ({"GOODDATA_PORT": "99999"}, "port"),
        ({"GOODDATA_PARTITIONS": "1.5"}, "partitions"),
        ({"GOODDATA_LOG": "kafka"}, "log"),
    ],
)
def test_an_unusable_setting_is_named(environment, named):
    with pytest.raises(ConfigurationError, match=named):
        config.load({}, environment)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path):
    (tmp_path / "gooddata.toml").write_text("prot = 80\n")
    with pytest.raises(ConfigurationError, match="prot"):
        config.load({}, {"GOODDATA_SETTINGS": str(tmp_path / "gooddata.toml")})


def test_settings_survive_the_way_through_the_environment(tmp_path: Path):
    settings = config.load({"data": tmp_path, "port": 9, "partitions": 7}, {})
    assert config.load({}, config.environment_of(settings)) == settings


def test_a_kept_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    first = config.kept_secret(tmp_path / "new" / "secret")
    assert len(first) >= 40
    assert config.kept_secret(tmp_path / "new" / "secret") == first
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0


def test_every_setting_is_documented():
    documented = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    for name, _, default, meaning in config.described():
        row = next((line for line in documented.splitlines() if f"`GOODDATA_{name.upper()}`" in line), "")
        assert meaning.help in row, name
        assert default is None or f"`{default}`" in row, name
