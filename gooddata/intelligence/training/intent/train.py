"""Trains a project's model of intent and publishes it for browsers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.intent.fit import fit_intent
from gooddata.intelligence.training.report import Report
from gooddata.sql import statement

TASK = "intent"

_PUT = statement(__package__, "put_engine_model")


async def train_intent(connection: Any, project: str, sessions: Sequence[StoredSession]) -> Report:
    """Trains on finished sessions, sorted by start, within the connection's transaction, and stores what came of it."""
    fitted = await asyncio.to_thread(fit_intent, sessions)
    model = None if fitted.softmax is None else msgspec.json.encode(fitted.softmax).decode()
    status = "abstaining" if model is None else "ready"
    version = await connection.fetchval(
        _PUT,
        project,
        status,
        fitted.reason,
        fitted.trained_on,
        FIELDS.version,
        msgspec.json.encode(fitted.metrics).decode(),
        model,
    )
    return Report(
        project=project,
        task=TASK,
        version=version,
        status=status,
        reason=fitted.reason,
        trained_on=fitted.trained_on,
        features=[field.name for field in FIELDS.fields],
        metrics=fitted.metrics,
    )
