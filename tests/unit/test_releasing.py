"""A version is said once, and what changed in it is told."""

import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

from gooddata import __version__

ROOT = Path(__file__).parents[2]


def test_the_version_comes_from_one_place_and_the_browser_side_says_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"] and project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "gooddata/__init__.py"}
    for package in ("engine", "dashboard"):
        assert json.loads((ROOT / package / "package.json").read_text())["version"] == __version__
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {locked[package]["version"] for package in ("engine", "dashboard")} == {__version__}
    said = subprocess.run([sys.executable, "-m", "gooddata", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.split()[-1] == __version__


def test_the_changelog_tells_of_this_version_first_and_of_each_once():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    versions = [heading.split(" ")[0] for heading in headings]
    assert versions[0] == __version__
    assert len(set(versions)) == len(versions)
    for heading in headings:
        [said] = re.findall(r"^\d+\.\d+\.\d+ \((.+)\)$", heading)
        assert said == "unreleased" or date.fromisoformat(said)
    # What is released is not changed any more: of all, the first alone may be to come.
    assert not any(heading.endswith("(unreleased)") for heading in headings[1:])


def test_what_builds_the_wheel_is_the_version_that_the_tests_have():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [builder] = project["build-system"]["requires"]
    assert builder in project["project"]["optional-dependencies"]["dev"]
    assert builder.startswith("hatchling==")
    assert f"\n{builder} " in (ROOT / "requirements-dev.lock").read_text()
