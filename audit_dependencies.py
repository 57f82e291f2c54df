"""Asks OSV, the open database of vulnerabilities (https://osv.dev), about every locked package of Python and npm.

`make check` runs it. It fails where something is found that is not in ACCEPTED; where the database cannot be reached it
says that nothing was audited, and does not fail: a machine without the network must be able to check the rest.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
DATABASE = os.environ.get("OSV_URL", "https://api.osv.dev")
SECONDS = 20.0
AT_ONCE = 500  # packages in one request; OSV takes 1,000

# What was looked at and does no harm here: id, and why.
ACCEPTED: dict[str, str] = {}

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

Package = tuple[str, str, str]  # ecosystem, name, version


class Unreachable(Exception):
    """The database does not answer, or not as it should."""


def locked() -> list[Package]:
    """Every package that some lock file of this repository names."""
    names = ["*requirements*.lock", "*package-lock.json"]
    listed = subprocess.run(["git", "ls-files", "-z", *names], cwd=ROOT, capture_output=True, text=True, check=True)
    found: set[Package] = set()
    for name in filter(None, listed.stdout.split("\0")):
        text = (ROOT / name).read_text()
        found |= set(_of_npm(json.loads(text)) if name.endswith(".json") else _of_python(text))
    return sorted(found)


def _of_python(text: str) -> Iterator[Package]:
    for name, version in _PINNED.findall(text):
        yield "PyPI", name.lower(), version


def _of_npm(lock: Any) -> Iterator[Package]:
    for path, package in lock["packages"].items():
        _, is_there, name = path.rpartition("node_modules/")
        if is_there and "version" in package:
            yield "npm", package.get("name", name), package["version"]


def vulnerabilities(packages: list[Package]) -> dict[Package, list[str]]:
    """The ids of what is known of each. Raises Unreachable."""
    known: dict[Package, list[str]] = {}
    for start in range(0, len(packages), AT_ONCE):
        part = packages[start : start + AT_ONCE]
        queries = [
            {"package": {"ecosystem": ecosystem, "name": name}, "version": version} for ecosystem, name, version in part
        ]
        for package, result in zip(part, _asked({"queries": queries}, len(part)), strict=True):
            if ids := [each["id"] for each in result.get("vulns", [])]:
                known[package] = ids
    return known


def _asked(question: Any, answers: int) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{DATABASE}/v1/querybatch", json.dumps(question).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            results: list[dict[str, Any]] = json.load(response)["results"]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise Unreachable(str(failure)) from failure
    if len(results) != answers:
        raise Unreachable(f"{len(results)} answers to {answers} questions")
    return results


def main() -> int:
    packages = locked()
    try:
        known = vulnerabilities(packages)
    except Unreachable as failure:
        print(f"WARNING: NO DEPENDENCY WAS AUDITED: {DATABASE} cannot be asked ({failure})", file=sys.stderr)
        return 0
    found = 0
    for (ecosystem, name, version), ids in known.items():
        for each in ids:
            if each in ACCEPTED:
                print(f"{name} {version} ({ecosystem}): {each} is accepted: {ACCEPTED[each]}")
            else:
                print(f"{name} {version} ({ecosystem}): https://osv.dev/{each}", file=sys.stderr)
                found += 1
    print(f"{len(packages)} locked packages audited, {found} vulnerabilities to act on")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
