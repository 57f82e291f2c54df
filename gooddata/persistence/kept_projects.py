"""The projects of which `gooddata up` keeps the keys in the data folder, so that it can show them again."""

from pathlib import Path

import msgspec

from gooddata.persistence.projects import Project

NAMES = ("default", "demo")


def kept_project(data: Path, name: str) -> Project | None:
    """The project and keys that an earlier `up` kept in the data folder."""
    path = data / f"project-{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=Project) if path.exists() else None


def kept_write_key(data: Path, project: str) -> str | None:
    """The write key of a project, where the data folder keeps it."""
    kept = (kept_project(data, name) for name in NAMES)
    return next((each.write_key for each in kept if each is not None and each.project == project), None)


def keep_write_key(data: Path, project: str, write_key: str) -> None:
    """Puts a project's new write key in the place of the one that is kept in the data folder, if one is."""
    for name in NAMES:
        kept = kept_project(data, name)
        if kept is not None and kept.project == project:
            keep_project(data, name, msgspec.structs.replace(kept, write_key=write_key))


def keep_project(data: Path, name: str, project: Project) -> None:
    path = data / f"project-{name}.json"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(project))
