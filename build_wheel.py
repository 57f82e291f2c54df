"""Builds the wheel of a commit: the same bytes, wherever and whenever it is built.

    python build_wheel.py [--commit HEAD] [--twice] [--output dist]

What is built is what the commit holds, in a folder of its own: neither what lies about here nor a path gets in. With
--twice it is built in two folders, and refused where a single byte differs. The sha256 is printed.
"""

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def export(commit: str, folder: Path) -> None:
    """Puts the tree of a commit into a folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", commit))) as tree:
        tree.extractall(folder, filter="data")


def build(source: Path, output: Path, epoch: int) -> Path:
    """The wheel of the tree in `source`, whose files are dated `epoch`. Raises CalledProcessError."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(output)]
    subprocess.run(command, cwd=source, env=environment, check=True, stdout=sys.stderr)
    [wheel] = output.glob("*.whl")
    return wheel


def files_of(folder: Path) -> dict[str, str]:
    """The sha256 of each file below a folder, by its path there."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return {str(each.relative_to(folder)): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def main() -> None:
    asked = argparse.ArgumentParser(description="Build the wheel of a commit.")
    asked.add_argument("--commit", default="HEAD")
    asked.add_argument("--twice", action="store_true", help="in two folders, and compare what comes of it")
    asked.add_argument("--output", type=Path, default=ROOT / "dist")
    given = asked.parse_args()
    commit = git("rev-parse", "--verify", f"{given.commit}^{{commit}}").decode().strip()
    epoch = int(git("log", "-1", "--format=%ct", commit))
    built, assets = [], []
    with tempfile.TemporaryDirectory() as folder:
        # Folders whose names differ in length, so that a path that got in would show.
        for name in ("once", "and-once-more")[: 1 + given.twice]:
            source, output = Path(folder) / name / "source", Path(folder) / name / "wheel"
            source.mkdir(parents=True)
            export(commit, source)
            built.append(build(source, output, epoch))
            made = ("gooddata/serving/assets", "engine/dist")
            assets.append({f"{each}/{file}": sha for each in made for file, sha in files_of(source / each).items()})
            shutil.rmtree(source)  # with all of Node's packages
        shas = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in built]
        if given.twice:
            differ = sorted(set(assets[0].items()) ^ set(assets[1].items()))
            if differ or shas[0] != shas[1]:
                sys.exit(f"two builds of {commit} differ: wheels {shas}, files {sorted({file for file, _ in differ})}")
            print(f"two builds are equal, the wheel and {len(assets[0])} files of the browser side", file=sys.stderr)
        given.output.mkdir(parents=True, exist_ok=True)
        shutil.copy(built[0], given.output)
        print(f"{shas[0]}  {given.output / built[0].name}")


if __name__ == "__main__":
    main()
