"""Fuzzes one target under atheris, which leads inputs to code that none before has reached.

`python -m tests.fuzz.run NAME [--seconds N] [--keep N]`. What breaks the target goes into its corpus, and so do some of
the smallest inputs that reached new code, as many as `--keep` says.
"""

import argparse
import atexit
import importlib
import shutil
import sys
import tempfile
from pathlib import Path

import atheris

from tests.fuzz.names import CORPUS, seeds

MOST_BYTES = 16_384  # of an input


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("target")
    asked.add_argument("--seconds", type=int, default=0, help="0: until it is stopped")
    asked.add_argument("--keep", type=int, default=0)
    options = asked.parse_args()
    with atheris.instrument_imports(include=["gooddata"], enable_loader_override=False):
        target = importlib.import_module(f"tests.fuzz.targets.{options.target}")
    kept = CORPUS / options.target
    kept.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="gooddata-fuzz-"))
    for number, seed in enumerate(seeds(options.target, target)):
        (folder / f"seed-{number}").write_bytes(seed)
    known = {path.read_bytes() for path in folder.iterdir()}
    atexit.register(_end, folder, kept, known, options.keep)
    flags = ["-timeout=20", "-rss_limit_mb=2048", f"-max_len={MOST_BYTES}", "-print_final_stats=1"]
    flags += [f"-artifact_prefix={kept}/", f"-max_total_time={options.seconds}"]
    atheris.Setup([sys.argv[0], str(folder), *flags], target.attack)
    atheris.Fuzz()


def _end(folder: Path, kept: Path, known: set[bytes], keep: int) -> None:
    fresh = [path for path in folder.iterdir() if path.read_bytes() not in known]
    for path in sorted(fresh, key=lambda path: path.stat().st_size)[:keep]:
        shutil.copy(path, kept / path.name[:12])
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
