"""PostHog: its requests are unpacked by `wire`, each event is put into GoodData's form by `translate` (its surroundings
by `context`), and `answers` says what its SDKs want to hear. The table of what becomes what is in docs/sdks.md.
"""

from gooddata.ingestion.dialects.posthog import answers, wire
from gooddata.ingestion.dialects.route import Events, Question

_EVENTS = Events(wire.open_batch, answers.receipt, answers.refusal)
_EVENTS_V1 = Events(wire.open_v1, answers.receipt_v1, answers.refusal)
_FLAGS = Question(wire.key, answers.flags, answers.refusal)
_CONFIG = Question(wire.key_in_path, answers.config, answers.refusal)

ROUTES: dict[str, Events | Question] = {
    **dict.fromkeys(("/batch", "/capture", "/e", "/track", "/i/v0/e", "/i/v0/ai/batch"), _EVENTS),
    "/i/v1/analytics/events": _EVENTS_V1,
    **dict.fromkeys(("/flags", "/decide"), _FLAGS),
    **{path: Question(wire.key, answers.nothing, answers.refusal) for path in answers.NOTHING},
}


def route_of(path: str) -> Question | None:
    """The configuration of a project, whose token is in the path."""
    return _CONFIG if wire.CONFIG_PATH(path) else None
