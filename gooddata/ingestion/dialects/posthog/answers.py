"""What PostHog's SDKs are answered, in the form in which each of them looks for it.

Events that are refused one by one are refused for good, so an SDK must not send them again: the older protocol has no
word for it but success, the newer one has `drop`. For people, `rejected` says what was refused and why.
"""

import time
import uuid
from typing import Any

import msgspec

from gooddata.ingestion.dialects.posthog.wire import key_in_path
from gooddata.ingestion.dialects.route import Reply, Request, Sent
from gooddata.ingestion.unusable import Unusable

_encode = msgspec.json.Encoder().encode

_TOO_MANY, _AGAIN = 429, 503
_NO_KEY = "the request has no key: send the project's write key as api_key, as token, or as Bearer"
# GoodData's names of fields, by the names that the sender knows.
_NAMES = {"id": "uuid", "name": "event", "visitor": "distinct_id", "traits": "$set", "session": "$session_id"}

# Everything that GoodData has no part in is off, so that posthog-js loads no further script for it. `surveys` is left
# out rather than false, for which it would still fetch surveys.js.
_OFF = {
    "supportedCompression": ["gzip", "gzip-js", "base64"],
    "analytics": {"endpoint": "/i/v0/e/"},
    "hasFeatureFlags": False,
    "sessionRecording": False,
    "heatmaps": False,
    "autocapture_opt_out": True,
    "autocaptureExceptions": False,
    "errorTracking": {"autocaptureExceptions": False, "suppressionRules": []},
    "capturePerformance": False,
    "captureDeadClicks": False,
    "logs": {"captureConsoleLogs": False},
    "productTours": False,
    "conversations": False,
    "elementsChainAsString": True,
    "defaultIdentifiedOnly": True,
    "isAuthenticated": False,
    "siteApps": [],
    "toolbarParams": {},
}

# What SDKs may ask for that GoodData has none of.
NOTHING: dict[str, dict[str, Any]] = {
    "/flags/definitions": {"flags": [], "group_type_mapping": {}, "cohorts": {}},
    "/api/feature_flag/local_evaluation": {"flags": [], "group_type_mapping": {}, "cohorts": {}},
    "/api/surveys": {"surveys": [], "survey_config": None},
    "/api/early_access_features": {"earlyAccessFeatures": []},
    "/api/web_experiments": {"experiments": []},
    "/api/product_tours": {"product_tours": []},
}


def receipt(request: Request, sent: Sent, rejected: list[dict[str, Any]]) -> Reply:
    """The receipt of /batch, /e and the like; a beacon, which nobody waits for, gets an empty one."""
    if request.parameter("beacon") == "1":
        return Reply(b"", 204)
    return Reply(_encode({"status": 1, "rejected": [_in_its_words(one, sent) for one in rejected]}))


def receipt_v1(request: Request, sent: Sent, rejected: list[dict[str, Any]]) -> Reply:
    """The receipt of /i/v1/analytics/events, which speaks of each event by its uuid."""
    results: dict[str, dict[str, str]] = {known: {"result": "ok"} for known in sent.ids if known}
    for one in rejected:
        words = _in_its_words(one, sent)
        if words["uuid"]:
            results[words["uuid"]] = {"result": "drop", "details": f"{words['reason']}: {words['message']}"}
    return Reply(_encode({"results": results}))


def refusal(problem: Unusable) -> Reply:
    """Why the request as a whole was refused. posthog-js throws away what gets 429, and sends again what gets 503."""
    status = _AGAIN if problem.status == _TOO_MANY else problem.status
    message = _NO_KEY if problem.code == "missing_key" else str(problem)
    body = {
        "type": "validation_error" if status < 500 else "server_error",
        "code": problem.code,
        "detail": message,
        "attr": "api_key" if problem.field == "writeKey" else problem.field,
        "error": problem.code,
        "error_description": message,
    }
    return Reply(_encode(body), status)


def flags(request: Request, key: str) -> Reply:
    """There are no feature flags; in the shape of every version that is about."""
    body: dict[str, Any] = {
        "flags": {},
        "featureFlags": {},
        "featureFlagPayloads": {},
        "errorsWhileComputingFlags": False,
        "requestId": str(uuid.uuid4()),
        "evaluatedAt": time.time_ns() // 1_000_000,
    }
    if request.path == "/decide" or request.parameter("config") == "true":
        body |= _OFF
    return Reply(_encode(body))


def config(request: Request, key: str) -> Reply:
    """What posthog-js may do on this project's pages, as JSON or as the script that it loads first."""
    settings = _encode({"token": key_in_path(request), **_OFF})
    if not request.path.endswith(".js"):
        return Reply(settings)
    place = b"window._POSTHOG_REMOTE_CONFIG"
    script = b"(%s=%s||{})[%s]={config:%s,siteApps:[]};" % (place, place, _encode(key), settings)
    return Reply(script, media_type="text/javascript; charset=utf-8")


def nothing(request: Request, key: str) -> Reply:
    """An empty list of what was asked for."""
    return Reply(_encode(NOTHING[request.path]))


def _in_its_words(one: dict[str, Any], sent: Sent) -> dict[str, Any]:
    return {
        "index": one["index"],
        "uuid": sent.ids[one["index"]],
        "field": _NAMES.get(one["field"], one["field"]),
        "reason": one["reason"],
        "message": one["message"],
    }
