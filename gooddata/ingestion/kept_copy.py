"""A copy on this machine's disk of what a database says, by which ingestion starts and goes on without it."""

import logging
from pathlib import Path

logger = logging.getLogger(__name__)


def keep_copy(path: Path, content: bytes) -> None:
    """Replaces the copy. A disk without room for it costs the copy alone: what was read is in force all the same."""
    half_written = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half_written.write_bytes(content)
        half_written.replace(path)
    except OSError as failure:
        logger.error("%s cannot be written (%s): the copy on disk stays as it was", path, failure)
