"""Projects and their keys."""

from typing import Any

import msgspec
from litestar import get, post

from gooddata.errors import InputError
from gooddata.persistence import projects as kept
from gooddata.persistence.kept_projects import keep_write_key, kept_write_key
from gooddata.persistence.rotate import rotate_write_key
from gooddata.persistence.span import span
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.store import Store


class NewProject(msgspec.Struct, forbid_unknown_fields=True):
    """Without goals it has the usual one, Order Completed."""

    name: str
    goals: list[str] | None = None


class Rotation(msgspec.Struct, forbid_unknown_fields=True):
    """`keep` is how long former write keys are still taken: 0h, 30m, 24h, 7d."""

    keep: str = "24h"


@get("/projects")
async def projects(owner: Owner, store: Store, means: Means) -> dict[str, Any]:
    """Every project, with its goals and keys. Of a key the database knows a hash: it is told here only where the data
    folder keeps it."""
    found = await kept.list_projects(store.analytics)
    keys = await kept.list_keys(store.analytics)
    return {
        "projects": [
            each | {"write_key": kept_write_key(means.data, each["project"]), "keys": keys.get(each["project"], [])}
            for each in found
        ]
    }


@post("/projects")
async def create(owner: Owner, store: Store, data: NewProject) -> kept.Project:
    """Makes a project; its keys are told this once."""
    goals = kept.DEFAULT_GOALS if data.goals is None else kept.checked_goals(data.goals)
    async with store.analytics.acquire() as connection:
        return await kept.create_project(connection, data.name, goals=goals)


@post("/keys/rotate", status_code=200)
async def rotate(owner: Owner, project_id: str, store: Store, means: Means, data: Rotation) -> dict[str, Any]:
    """Makes a new write key, told this once, and lets the former ones expire."""
    keep = span(data.keep)
    if keep is None:
        raise InputError("keep takes a span as 30m, 24h, 7d, or 0h for none", "keep")
    async with store.analytics.acquire() as connection:
        made = await rotate_write_key(connection, project_id, keep)
    keep_write_key(means.data, made.project, made.write_key)
    return msgspec.to_builtins(made)
