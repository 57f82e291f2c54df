"""A version of the model of intent, as it is stored."""

from collections.abc import Sequence

from gooddata.intelligence.champions import Champion
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.intent.decide import decide
from gooddata.intelligence.training.intent.fit import fit_and_judge
from gooddata.intelligence.versions import Version

INTENT = "intent"

_SOURCE = "the engine's vector"
_DESCRIBED = {
    "asked": "In the browser, at every vector",
    "gives": "a probability of each",
    "asks": "does a goal follow in this session (convert), trouble within 60 s (struggle), is it over within 30 s "
    "(leave), or none of these (browse)?",
    "features": [
        {"name": field.name, "unit": field.unit, "meaning": field.meaning, "source": _SOURCE} for field in FIELDS.fields
    ],
}


def intent_version(sessions: Sequence[StoredSession], champion: Champion | None) -> Version:
    """From finished sessions, sorted by start, and the model in use."""
    fitted, held_out = fit_and_judge(sessions)
    decision = decide(champion, fitted, held_out)
    compared = {"compared": decision.compared} if decision.compared else {}
    return Version(
        reason=fitted.reason,
        trained_on=fitted.trained_on,
        features=[field.name for field in FIELDS.fields],
        metrics=fitted.metrics | {"vector_version": FIELDS.version} | compared,
        estimator=None if fitted.softmax is None else fitted.softmax.dumps(),
        champion=decision.promote,
        because=decision.because,
        learned_from=fitted.learned_from,
        learned_until=fitted.learned_until,
        described=_DESCRIBED,
    )
