"""Fits every model of a project, and decides of each whether it takes the place of the one in use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from gooddata.intelligence.champions import Champion
from gooddata.intelligence.quality.profile import Profile, by_name, profile
from gooddata.intelligence.scoring.tasks import NAMES, TASKS, Task
from gooddata.intelligence.sessions.features import FEATURES
from gooddata.intelligence.training.decide import decide
from gooddata.intelligence.training.examples import Replayed, StoredSession
from gooddata.intelligence.training.fit import Fitted, HeldOut, columns_of, fit_and_judge
from gooddata.intelligence.training.intent.version import INTENT, intent_version
from gooddata.intelligence.versions import Version

_OF = {feature.name: feature for feature in FEATURES}


TRAINED = (*NAMES, INTENT)
"""What is trained: the tasks of sessions, and the model of intent."""


class Trained(msgspec.Struct, frozen=True):
    """A version of each of TRAINED, by name."""

    versions: dict[str, Version]


def fit_all(
    sessions: Sequence[StoredSession], in_use: Mapping[str, Champion], tell: Callable[[str], None] = lambda stage: None
) -> Trained:
    """From finished sessions, sorted by start, and the models in use; `tell` hears of each stage."""
    tell(f"replaying {len(sessions):,} sessions")
    replayed = Replayed(sessions)
    versions = {}
    for task in TASKS:
        tell(f"fitting {task.name}")
        versions[task.name] = _version(replayed, task, in_use.get(task.name))
    tell("fitting intent")
    versions[INTENT] = intent_version(sessions, in_use.get(INTENT))
    return Trained(versions)


def _version(replayed: Replayed, task: Task, champion: Champion | None) -> Version:
    fitted, held_out = fit_and_judge(replayed, task)
    decision = decide(champion, fitted, held_out)
    metrics = fitted.metrics | ({"compared": decision.compared} if decision.compared else {})
    learned = fitted.estimator is not None
    return Version(
        reason=fitted.reason,
        trained_on=fitted.trained_on,
        features=list(fitted.features),
        metrics=metrics,
        estimator=fitted.estimator,
        champion=decision.promote,
        because=decision.because,
        learned_from=_milliseconds(metrics["learned_from"]) if learned else None,
        learned_until=_milliseconds(metrics["learned_until"]) if learned else None,
        profile=_profile(held_out),
        described=_described(task, fitted),
    )


def _profile(held_out: HeldOut | None) -> Profile | None:
    if held_out is None or held_out.served is None or held_out.learned is None:
        return None
    model, learned = held_out.served, held_out.learned
    return profile(by_name(model, columns_of(learned.matrix, model)), learned.of_session)


def _described(task: Task, fitted: Fitted) -> dict[str, Any]:
    told = (_OF[name] for name in fitted.features)
    return {
        "asks": task.asks,
        "outcome": task.outcome,
        "features": [{name: getattr(each, name) for name in ("name", "unit", "meaning", "source")} for each in told],
    }


def _milliseconds(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1_000)
