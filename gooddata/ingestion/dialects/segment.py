"""Segment: its events are GoodData's own form, so all that is left is the question with which analytics.js starts."""

import re
from urllib.parse import unquote

import msgspec

from gooddata.ingestion.dialects.route import Question, Reply, Request
from gooddata.ingestion.endpoint import refusal_body
from gooddata.ingestion.unusable import Unusable

_SETTINGS = re.compile(r"/v1/projects/([^/]+)/settings").fullmatch


def route_of(path: str) -> Question | None:
    """The settings of a write key, which analytics.js fetches from its `cdnURL`."""
    return SETTINGS if _SETTINGS(path) else None


def _key(request: Request) -> str | None:
    found = _SETTINGS(request.path)
    return unquote(found.group(1)) if found else None


def _settings(request: Request, key: str) -> Reply:
    """Events go back to where the settings came from, and to nobody else: no other destination, no metrics."""
    scheme, host = request.origin
    segment = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": scheme, "addBundledMetadata": True}
    settings = {
        "integrations": {"Segment.io": segment},
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "remotePlugins": [],
        "legacyVideoPluginsEnabled": False,
        "metrics": {"sampleRate": 0},
    }
    return Reply(msgspec.json.encode(settings))


def _refusal(problem: Unusable) -> Reply:
    return Reply(refusal_body(problem), problem.status)


SETTINGS = Question(_key, _settings, _refusal)
