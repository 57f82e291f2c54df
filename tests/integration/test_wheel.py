"""The wheel: the same bytes wherever it is built, and the whole product where there is neither Node nor a compiler."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import httpx
import pytest

from gooddata import __version__
from tests.conftest import free_port
from tests.integration.sent import event

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "gooddata" / "serving" / "assets"
SOURCES = ("pyproject.toml", "build_assets.py", "README.md", "LICENSE")
BUILD_SECONDS = "1700000000"


def built(folder, dated):
    """A wheel of this tree, built in `folder` of files of that date."""
    source = folder / "source"
    shutil.copytree(ROOT / "gooddata", source / "gooddata", ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    for path in source.rglob("*"):
        os.utime(path, (dated, dated))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder / "wheel"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": BUILD_SECONDS}
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
    [wheel] = (folder / "wheel").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    assert (ASSETS / "gooddata.js").exists(), "the browser side is not built: make .make/assets"
    return built(tmp_path_factory.mktemp("wheel"), 1_600_000_000)


def test_two_builds_are_equal_whatever_the_folder_and_the_dates_of_files(wheel, tmp_path):
    again = built(tmp_path / "a folder of another name", 1_650_000_000)
    assert again.name == wheel.name == f"gooddata-{__version__}-py3-none-any.whl"
    assert again.read_bytes() == wheel.read_bytes()


def test_it_holds_what_runs_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        metadata = packed.read(f"gooddata-{__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {__version__}\n" in metadata and "\nLicense-Expression: Apache-2.0\n" in metadata
    of_tree = {str(each.relative_to(ROOT)) for each in (ROOT / "gooddata").rglob("*") if each.is_file()}
    expected = {name for name in of_tree if "__pycache__" not in name}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert {"gooddata/serving/assets/gooddata.js", "gooddata/serving/assets/dashboard/index.html"} <= names
    assert any(name.startswith("gooddata/persistence/migrations/raw/") for name in names)


def test_two_builds_of_what_browsers_get_are_equal(tmp_path):
    """By the packages of Node that are here: that installing them twice gives the same is for `make reproducible`."""
    made = []
    for name in ("once", "and once more"):
        folder = tmp_path / name
        for path in subprocess.check_output(["git", "ls-files", "engine", "package.json"], cwd=ROOT, text=True).split():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
        (folder / "gooddata").mkdir()
        shutil.copy(ROOT / "gooddata" / "vector.json", folder / "gooddata")
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        for script in ("generate", "build"):
            subprocess.run(["node", f"scripts/{script}.mjs"], cwd=folder / "engine", check=True, capture_output=True)
        files = [*(folder / "gooddata").rglob("*"), *(folder / "engine" / "dist").rglob("*")]
        made.append({str(each.relative_to(folder)): each.read_bytes() for each in files if each.is_file()})
    assert {"gooddata/serving/assets/gooddata.js", "engine/dist/index.js"} <= made[0].keys()
    assert made[0] == made[1]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment of its own with the wheel in it. What it depends on is lent by this one, not installed again."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", "--no-compile", wheel], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_the_wheel_runs_all_of_it_with_nothing_else_on_the_path(installed, tmp_path):
    assert not [tool for tool in ("node", "npm", "cc", "gcc", "make") if shutil.which(tool, path=str(installed))]
    environment = {"PATH": str(installed), "HOME": str(tmp_path)}
    run = {"cwd": tmp_path, "env": environment, "text": True}
    where = [installed / "python", "-c", "import gooddata; print(gooddata.__file__)"]
    assert Path(subprocess.check_output(where, **run).strip()).is_relative_to(installed.parent)
    said = subprocess.check_output([installed / "gooddata", "--version"], **run)
    assert said.split()[-1] == __version__
    command = [installed / "gooddata", "up", "--json", "--port", str(free_port()), "--data", tmp_path / "data"]
    product = subprocess.Popen(command, stdout=subprocess.PIPE, **run)
    try:
        announced = json.loads(product.stdout.readline())
        with httpx.Client(base_url=announced["url"], timeout=30) as http:
            sent = {"writeKey": announced["write_key"], "batch": [event(timestamp=int(time.time() * 1_000))]}
            assert http.post("/v1/batch", json=sent).json()["accepted"] == 1
            headers = {"Authorization": f"Bearer {announced['read_key']}"}
            for _ in range(300):
                counted = http.get("/api/overview", params={"project": announced["project"]}, headers=headers).json()
                if counted["events"]:
                    break
                time.sleep(0.1)
            assert (counted["events"], counted["sessions"]) == (1, 1)
            page = http.get("/")
            assert page.headers["content-type"].startswith("text/html")
            [script] = re.findall(r'<script [^>]*src="([^"]+)"', page.text)
            assert http.get(script).text == (ASSETS / "dashboard" / script.lstrip("/")).read_text()
            assert http.get("/gooddata.js").content == (ASSETS / "gooddata.js").read_bytes()
        product.send_signal(signal.SIGTERM)
        assert product.wait(60) == 0
    finally:
        product.kill()
        product.wait()
