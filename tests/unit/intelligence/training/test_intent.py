"""The model that browsers evaluate: what it learns from, how good it is, and that a browser gets the same of it."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest

from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.intent.fit import SESSIONS_NEEDED, fit_intent
from gooddata.intelligence.training.intent.labels import CLASSES, LEAVING_MS, STRUGGLING_MS, examples_of
from gooddata.intelligence.training.intent.softmax import Softmax
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.replay.shoppers.shop import Shop, open_shop
from gooddata.replay.shoppers.visit import new_shopper, simulate_visit
from tests.unit.intelligence.given import START, a_fact

ENGINE_MODEL = Path(__file__).parents[4] / "engine" / "dist" / "model.mjs"
MINUTE = 60_000


class ShopGoals(Goals):
    def of(self, project: str) -> frozenset[str]:
        return frozenset({"Order Completed"})


@cache
def shop() -> Shop:
    return open_shop(Path(__file__).parents[4] / "engine" / "demo" / "catalog.json")


@cache
def sessions(number: int = 1_800) -> tuple[StoredSession, ...]:
    """Visits of simulated shoppers, ten minutes apart, as training reads them."""
    extractor = Extractor(Pseudonyms(b"secret" * 6), ShopGoals())
    found = []
    for seed in range(number):
        rng = Random(f"intent {seed}")
        visit = simulate_visit(rng, shop(), new_shopper(rng))
        start = START + seed * 10 * MINUTE
        group = {
            "project": "shop",
            "received_at": start,
            "context": visit.context,
            "times": [start + moment.at for moment in visit.moments],
            "events": [moment.event for moment in visit.moments],
        }
        facts = extractor.facts(decode_groups(msgspec.json.encode([group])))
        facts.sort(key=lambda fact: fact.at)
        converted = any(fact.goal for fact in facts)
        found.append(StoredSession(start, facts[-1].at, converted, False, FIRST_VISIT, facts))
    return tuple(found)


def measured(at: int, name: str = "$click", **fields: object) -> object:
    return a_fact(at, name=name, vector=[1.0] * len(FIELDS.fields), vector_version=FIELDS.version, **fields)


def truths(*facts: object, converted: bool = False) -> list[dict[str, bool]]:
    session = StoredSession(START, facts[-1].at, converted, False, FIRST_VISIT, list(facts))  # type: ignore[attr-defined]
    return [dict(zip(CLASSES, row, strict=True)) for row in examples_of([session]).truths.tolist()]


def test_labels_say_what_came_after_and_nothing_of_what_came_before() -> None:
    first, last = truths(
        measured(START, name="$rage_click"),
        measured(START + STRUGGLING_MS),
        a_fact(START + STRUGGLING_MS + 1, name="$error"),
    )
    assert first == {"convert": False, "struggle": False, "leave": False, "browse": True}
    assert last == {"convert": False, "struggle": True, "leave": True, "browse": True}
    early, late = truths(measured(START), measured(START + 1), a_fact(START + 2 + LEAVING_MS, type="page"))
    assert not early["leave"] and not late["leave"]


def test_nothing_at_or_after_a_goal_is_an_example() -> None:
    assert (
        len(truths(measured(START), a_fact(START + 1, name="Buy", goal=True), measured(START + 2), converted=True)) == 1
    )


def test_a_vector_of_another_version_is_no_example() -> None:
    other = a_fact(START, name="$click", vector=[1.0] * 16, vector_version=FIELDS.version - 1)
    assert truths(other, measured(START + 1))[0]["leave"]
    assert len(truths(other, measured(START + 1))) == 1


def test_it_is_calibrated_and_better_than_the_base_rates_on_sessions_it_has_not_seen() -> None:
    fitted = fit_intent(sessions())
    assert fitted.reason is None and fitted.softmax is not None
    assert fitted.softmax.classes == list(CLASSES)
    assert fitted.metrics["log_loss"] < 0.97 * fitted.metrics["log_loss_baseline"]
    for name, figures in fitted.metrics["classes"].items():
        assert figures["auc"] > 0.6, name
        assert figures["ece"] < 0.05, name


def test_the_same_sessions_give_the_same_model() -> None:
    assert fit_intent(sessions(600)) == fit_intent(sessions(600))


def test_with_too_little_it_abstains_and_says_why() -> None:
    few = fit_intent(sessions()[: SESSIONS_NEEDED - 1])
    assert few.softmax is None and few.reason is not None
    assert few.reason.startswith(f"needs at least {SESSIONS_NEEDED} finished sessions with the engine's vectors")


def test_what_says_nothing_is_not_published() -> None:
    rng = np.random.default_rng(3)
    noise = []
    for number in range(400):
        vectors = rng.exponential(1.0, (3, len(FIELDS.fields)))
        facts = [
            a_fact(START + number * 600_000 + n * 20_000 * int(rng.integers(1, 4)), name="$click",
                   vector=row.tolist(), vector_version=FIELDS.version)
            for n, row in enumerate(vectors)
        ]  # fmt: skip
        noise.append(StoredSession(facts[0].at, facts[-1].at, bool(rng.random() < 0.4), False, FIRST_VISIT, facts))
    fitted = fit_intent(noise)
    assert fitted.softmax is None
    assert fitted.reason is not None and "no better than the base rates" in fitted.reason


def test_rounding_to_whole_numbers_costs_nothing_that_shows() -> None:
    fitted = fit_intent(sessions())
    assert fitted.softmax is not None
    vectors = examples_of(sessions()).vectors
    finer = Softmax(
        fitted.softmax.classes,
        [[weight * 16 + 7 for weight in row] for row in fitted.softmax.weights],
        fitted.softmax.scale * 16,
    )
    assert np.abs(fitted.softmax.probabilities(vectors) - finer.probabilities(vectors)).max() < 0.02


@pytest.mark.skipif(shutil.which("node") is None, reason="the browser's arithmetic runs in Node.js, which is missing")
def test_the_browser_computes_the_same() -> None:
    """The engine's own module, on real and on extreme vectors."""
    fitted = fit_intent(sessions())
    assert fitted.softmax is not None
    rng = np.random.default_rng(1)
    vectors = np.concatenate(
        [
            examples_of(sessions()).vectors[:300],
            rng.exponential(1e4, (200, len(FIELDS.fields))),
            np.zeros((1, len(FIELDS.fields))),
            np.full((1, len(FIELDS.fields)), -5.0),
            np.full((1, len(FIELDS.fields)), 1e9),
        ]
    )
    script = (
        f"import {{ probabilitiesOf }} from {json.dumps(ENGINE_MODEL.as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "const { model, vectors } = JSON.parse(text);"
        "console.log(JSON.stringify(vectors.map((vector) => probabilitiesOf(model, vector))));"
    )
    given = json.dumps({"model": msgspec.to_builtins(fitted.softmax), "vectors": vectors.tolist()})
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=given, capture_output=True, text=True, check=True
    )
    theirs = np.array([[row[name] for name in fitted.softmax.classes] for row in json.loads(ran.stdout)])
    assert np.abs(theirs - fitted.softmax.probabilities(vectors)).max() < 1e-3
