"""When a model of intent takes the place of the one that browsers have, and what it goes by."""

import functools
from typing import Any

import msgspec
import pytest

from gooddata.intelligence.champions import Champion
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.training.intent.decide import decide
from gooddata.intelligence.training.intent.fit import fit_and_judge, fit_intent
from gooddata.intelligence.training.intent.softmax import Softmax
from gooddata.intelligence.training.intent.version import intent_version
from tests.unit.intelligence.given import HOUR, START
from tests.unit.intelligence.tasks.cases_intent import visits

NAMES = [field.name for field in FIELDS.fields]


@functools.cache
def challenger() -> Any:
    return fit_and_judge(visits(600))


@functools.cache
def served() -> Softmax:
    """A model of the same behaviour, from earlier visits."""
    softmax = fit_intent(visits(400, start=START - 1_000 * HOUR)).softmax
    assert softmax is not None
    return softmax


def champion(softmax: Softmax | None = None, **fields: Any) -> Champion:
    given = {
        "version": 3, "reason": None, "trained_on": "observed", "features": NAMES, "learned_until": START - HOUR,
        "erased": False, "estimator": (softmax or served()).dumps(),
    }  # fmt: skip
    return Champion(**(given | fields))


def blunted(by: float) -> Softmax:
    return msgspec.structs.replace(
        served(), weights=[[round(weight * by) for weight in row] for row in served().weights]
    )


def without(name: str) -> Softmax:
    place = served().classes.index(name)
    classes, weights = list(served().classes), list(served().weights)
    del classes[place], weights[place]
    return Softmax(classes, weights)


def test_the_first_is_used_and_tells_what_it_goes_by() -> None:
    version = intent_version(visits(600), None)
    assert version.champion and version.because == "it is the first"
    assert version.learned_from == START and version.metrics["vector_version"] == FIELDS.version
    told = version.metrics["importance"]["features"]
    assert {each["feature"] for each in told[:4]} == set(NAMES[:4]), "the others are noise"
    assert told[0]["increase"] > 5 * told[-1]["increase"]


def test_what_is_no_better_beyond_noise_does_not_take_its_place() -> None:
    decision = decide(champion(), *challenger())
    assert not decision.promote and "not better than version 3 beyond noise: log loss" in decision.because
    assert decision.compared is not None and decision.compared["sessions"] == 150


def test_what_is_better_beyond_noise_takes_its_place() -> None:
    decision = decide(champion(blunted(0.3)), *challenger())
    assert decision.promote and "it is better than version 3 beyond noise" in decision.because


def test_one_that_has_lost_its_skill_gives_way() -> None:
    decision = decide(champion(blunted(-1.0)), *challenger())
    assert decision.promote and "no better than the base rate" in decision.because
    fitted, held_out = challenger()
    decision = decide(champion(), msgspec.structs.replace(fitted, softmax=None, reason="no luck"), held_out)
    assert not decision.promote and decision.because == "it abstains (no luck), and version 3 stays"


def test_only_what_it_has_not_seen_counts() -> None:
    decision = decide(champion(blunted(-1.0), learned_until=visits(600)[-40].started_at), *challenger())
    assert not decision.promote and decision.because.startswith("too few sessions with vectors began since version 3")


def test_one_that_tells_more_apart_need_only_be_no_worse() -> None:
    assert served().classes == ["convert", "leave", "browse"]
    fitted, held_out = challenger()
    same = msgspec.structs.replace(held_out, judged=served())
    decision = decide(champion(without("leave")), fitted, same)
    assert decision.promote
    assert decision.because.startswith("it tells leave apart, too, which version 3 does not, and on 150 sessions")
    assert not decide(champion(), fitted, msgspec.structs.replace(held_out, judged=without("leave"))).promote
    assert not decide(champion(), fitted, same).promote


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"erased": True}, "version 3 had learned from somebody who has been erased since"),
        ({"estimator": b"no model"}, "version 3 cannot be read: "),
        ({"estimator": Softmax(["a"], [[1, 2]]).dumps()}, "version 3 cannot be read: the model is of another vector"),
        ({"features": NAMES[::-1]}, "version 3 reads another vector"),
    ],
)
def test_what_may_not_or_cannot_be_used_is_replaced(fields: dict[str, Any], why: str) -> None:
    decision = decide(champion(**fields), *challenger())
    assert decision.promote and decision.because.startswith(why)
