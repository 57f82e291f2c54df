"""The targets and what they are fed to begin with."""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CORPUS = FOLDER / "corpus"
TARGETS = sorted(path.stem for path in (FOLDER / "targets").glob("[a-z]*.py"))


def seeds(name: str, target: Any) -> list[bytes]:
    """The target's own, and those of its corpus."""
    return [*target.SEEDS, *(path.read_bytes() for path in sorted((CORPUS / name).glob("*")))]
