"""What a backup says of itself, and whether its files are what was written."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from gooddata.errors import InputError
from gooddata.persistence.pseudonym import Pseudonyms

NAME = "manifest.json"
DUMPS = {"raw": "raw.dump", "analytics": "analytics.dump"}
DATA = "data"
FORM = 1


class Written(msgspec.Struct, frozen=True):
    """A file of the backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`heads` and `cursors` are the positions of the log and of its readers, by partition. `roles` are those that the
    databases grant something to. `known_by` tells whether a secret is the one that people are known by in there, and
    is None where the backup was taken without it."""

    form: Literal[1] = 1
    gooddata: str
    taken_at: datetime
    postgres: dict[str, int]
    migrations: dict[str, int]
    heads: dict[int, int]
    cursors: dict[int, int]
    roles: list[str]
    known_by: str | None
    files: dict[str, Written]


def known_by(secret: bytes) -> str:
    """What tells whether two secrets are the same, and nothing else about them."""
    return str(Pseudonyms(secret).attempt("backup", "secret"))


def look_at(path: Path) -> Written:
    with path.open("rb") as file:
        return Written(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def read_backup(folder: Path) -> Manifest:
    """The manifest of a backup all of whose files are what was written. Raises InputError."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except OSError as failure:
        raise InputError(f"{folder} is no backup: {NAME} cannot be read there ({failure.strerror})", "folder") from None
    except msgspec.DecodeError as failure:
        raise InputError(
            f"{folder / NAME} is not of a form that this version knows ({failure}); use the gooddata that wrote it",
            "folder",
        ) from None
    for name, written in manifest.files.items():
        path = folder / name
        if not path.is_file() or look_at(path) != written:
            raise InputError(
                f"{path} is missing, or not what was written: copy the backup again, or take an older one", "folder"
            )
    return manifest
