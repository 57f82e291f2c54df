"""docs/architecture.md says what the import rules and the imports say, and names files that there are."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gooddata"
TEXT = (ROOT / "docs/architecture.md").read_text()
PICTURE = re.search(r'^```text title="gooddata/.*?\n(.*?)^```$', TEXT, re.MULTILINE | re.DOTALL)[1]
TABLE = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|$", TEXT, re.MULTILINE)
PROMISES = TEXT.partition("## Where each promise is kept")[2].partition("\n## ")[0]


def named(line: str) -> set[str]:
    """The modules of a line of the picture; what stands after them says what they are."""
    names = line[1:].split("   ")[0]
    return {name.strip() for name in names.split("│") if name.strip()}


def imported(folder: Path) -> set[str]:
    """Which other modules of the package the files of a folder import."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = (name.split(".") for name in found)
    first = {part[1] for part in parts if part[0] == "gooddata" and len(part) > 1}
    return {name for name in first if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()} - {folder.name}


def test_the_picture_has_the_layers_that_the_linter_holds():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [layers] = [each["layers"] for each in configuration["tool"]["importlinter"]["contracts"] if "layers" in each]
    held = [{name.strip().removeprefix("gooddata.") for name in layer.split("|")} for layer in layers]
    drawn = [named(line) for line in PICTURE.splitlines() if not line.startswith(("┌", "└"))]
    assert drawn == held


def test_the_picture_has_every_module_of_the_package():
    drawn = set().union(*(named(line) for line in PICTURE.splitlines() if not line.startswith(("┌", "└"))))
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert drawn == there - {"__init__", "__main__"}


def test_the_table_has_the_imports_that_there_are():
    assert [folder for folder, _ in TABLE] == [
        "ingestion", "intelligence", "serving", "replay", "eventlog", "persistence",
    ]  # fmt: skip
    for folder, names in TABLE:
        assert set(re.findall(r"\w+", names)) == imported(PACKAGE / folder), folder


def test_each_promise_is_kept_and_shown_by_files_that_there_are():
    rows = re.findall(r"^\| .*\*\*.+\*\*.* \| (.+) \| (.+) \|$", PROMISES, re.MULTILINE)
    assert len(rows) >= 8
    for kept, shown in rows:
        modules, tests = re.findall(r"`([^`]+)`", kept), re.findall(r"`([^`]+)`", shown)
        assert modules and tests
        assert [path for path in modules + tests if not (ROOT / path).is_file()] == []
        assert all(path.startswith("tests/") for path in tests)
