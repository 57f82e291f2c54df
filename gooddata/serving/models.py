"""What is told of models: which version is in use and why, how good it turned out to be, whether it still fits."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gooddata.serving.card import card
from gooddata.sql import statement

_MODELS, _VERSIONS, _REALISED, _DRIFT, _VERSION = (
    statement("gooddata.serving.queries", name) for name in ("models", "versions", "realised", "drift", "model_version")
)
_FIGURES = ("moments", "sessions", "base_rate", "auc", "auc_low", "auc_high", "log_loss", "log_loss_baseline", "ece")
_OF_CHALLENGER = (
    "version", "status", "reason", "trained_at", "trained_on", "decided_because", "auc", "auc_interval", "log_loss",
    "ece", "compared",
)  # fmt: skip


async def models(analytics: Any, project: str) -> list[dict[str, Any]]:
    """Of every task the version in use, with `challenger`, `realised` and `drift`, each None where there is nothing;
    `versions` are all that are kept, with how they turned out."""
    versions = [_decoded(row) for row in await analytics.fetch(_MODELS, project)]
    kept = await analytics.fetch(_VERSIONS, project)
    realised = await analytics.fetch(_REALISED, project, None)
    drifts = {row["task"]: row for row in await analytics.fetch(_DRIFT, project)}
    challengers = {each["task"]: each for each in versions if each["role"] == "challenger"}
    told = []
    for each in versions:
        if each["role"] != "champion":
            continue
        task, version = each["task"], each["version"]
        told.append(
            each
            | {
                "challenger": _challenger(challengers.get(task)),
                "realised": _realised(_of(realised, task, version)),
                "drift": _drift(drifts.get(task), version),
                "versions": [_version(row, realised) for row in kept if row["task"] == task],
            }
        )
    return told


async def model_card(analytics: Any, project: str, task: str, version: int | None = None) -> str | None:
    """The card of a version, or of the one in use, as Markdown; None where there is none."""
    row = await analytics.fetchrow(_VERSION, project, task, version)
    if row is None:
        return None
    found = _decoded(row) | {"described": msgspec.json.decode(row["described"]) if row["described"] else None}
    realised = await analytics.fetch(_REALISED, project, task)
    return card(found, _realised([each for each in realised if each["model_version"] == found["version"]]))


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {"metrics": msgspec.json.decode(row["metrics"])}


def _of(realised: Sequence[Mapping[str, Any]], task: str, version: int) -> list[Mapping[str, Any]]:
    return [row for row in realised if (row["task"], row["model_version"]) == (task, version)]


def _version(row: Mapping[str, Any], realised: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    told = {name: row[name] for name in row.keys() if name != "task"}  # noqa: SIM118
    if row["auc"] is None:
        told["auc_interval"] = None
    return told | {"realised": _realised(_of(realised, row["task"], row["version"]))}


def _challenger(version: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if version is None:
        return None
    whole = {**version["metrics"], **version}
    return {name: whole.get(name) for name in _OF_CHALLENGER}


def _realised(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Figures of the last 28 days together, and of each day, the newest first."""
    together = next((row for row in rows if row["days"] > 1), None)
    if together is None:
        return None
    days = [
        {"day": row["since"].isoformat()} | {name: row[name] for name in _FIGURES} for row in rows if row["days"] == 1
    ]
    whole = {name: together[name] for name in _FIGURES}
    return {"since": together["since"].isoformat(), "computed_at": together["computed_at"], **whole, "days": days}


def _drift(row: Mapping[str, Any] | None, version: int) -> dict[str, Any] | None:
    if row is None or row["model_version"] != version:
        return None
    told = {name: row[name] for name in ("computed_at", "since", "sessions", "reason", "drifted")}
    return told | {"features": msgspec.json.decode(row["features"])}
