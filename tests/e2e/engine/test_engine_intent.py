"""What the browser thinks its visitor is about to do, by the site's own model where there is one; told to listeners."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page

from gooddata.intelligence.training.intent.softmax import Softmax
from tests.e2e.engine.capture_server import CaptureServer
from tests.e2e.engine.test_engine_signals import FIELDS, named

Eventually = Callable[..., Any]
HEAR = "void gooddata.on('intent', (intent) => { (window.heard ||= []).push(intent) })"
CLASSES = {"convert", "leave", "struggle", "browse"}


def asked(capture: CaptureServer) -> int:
    return sum(request.path.endswith("/v1/engine-model") for request in capture.requests)


async def heard(page: Page, more_than: int = 0) -> list[Any]:
    await page.wait_for_function(f"window.heard?.length > {more_than}")
    told: list[Any] = await page.evaluate("heard")
    return told


async def test_without_a_model_of_the_site_it_says_so(page: Page, capture: CaptureServer) -> None:
    await page.goto(capture.page("/", body="<button>Buy</button>"))
    await page.evaluate(HEAR)
    [intent, *_] = await heard(page)
    assert intent["trained"] is False
    assert intent["model"] == 0
    assert intent["probabilities"].keys() == CLASSES
    assert sum(intent["probabilities"].values()) == pytest.approx(1)
    await page.click("button", click_count=6, delay=20)
    angry = (await heard(page, len(await page.evaluate("heard")) + 1))[-1]
    assert angry["probabilities"]["struggle"] > 2 * intent["probabilities"]["struggle"]


async def test_the_sites_own_model_gives_the_probabilities_that_the_server_computes(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    rng = np.random.default_rng(4)
    model = Softmax(["convert", "struggle", "leave", "browse"], rng.integers(-90, 90, (4, len(FIELDS) + 1)).tolist())
    published = {"classes": model.classes, "weights": model.weights, "scale": model.scale}
    capture.engine_model = {"trained": True, "version": 7, "vector_version": 2} | published
    await page.goto(capture.page("/", body="<button>Buy</button>"))
    await page.evaluate(HEAR)
    # What is tracked right after an evaluation has next to the same vector.
    await page.evaluate(
        "void gooddata.on('intent', ({ model }) => { if (model && !window.done) { window.done = 1; "
        "document.dispatchEvent(new Event('copy')) } })"
    )
    [copy] = await eventually(lambda: capture.events("$copy"))
    intent = next(each for each in await heard(page) if each["model"])
    assert (intent["trained"], intent["model"]) == (True, 7)
    vector = named(copy["vector"]) | {"copies": 0}
    [expected] = model.probabilities(np.array([list(vector.values())]))
    assert [intent["probabilities"][name] for name in model.classes] == pytest.approx(expected.tolist(), abs=0.01)


@pytest.mark.parametrize("wrong", [{"vector_version": 1}, {"vector_version": None}])
async def test_a_model_for_other_vectors_is_not_used(wrong: dict[str, Any], page: Page, capture: CaptureServer) -> None:
    capture.engine_model = {"trained": True, "version": 7, "classes": ["a"], "weights": [[0]], "scale": 1} | wrong
    await page.goto(capture.page("/"))
    await page.evaluate(HEAR)
    assert all(intent["model"] == 0 for intent in await heard(page, 1))


async def test_nobody_listens_so_nothing_is_asked_or_computed(page: Page, capture: CaptureServer) -> None:
    await page.goto(capture.page("/"))
    await page.wait_for_timeout(1500)
    assert asked(capture) == 0
    await page.evaluate(HEAR)
    await heard(page)
    assert asked(capture) == 1


async def test_a_hidden_page_and_an_opted_out_one_compute_nothing(page: Page, capture: CaptureServer) -> None:
    await page.goto(capture.page("/"))
    await page.evaluate(HEAR)
    await heard(page)
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    await page.wait_for_timeout(1200)
    before = await page.evaluate("heard.length")
    await page.wait_for_timeout(1500)
    assert await page.evaluate("heard.length") == before
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    await heard(page, before)
    await page.evaluate("gooddata.optOut(); heard.length = 0")
    await page.wait_for_timeout(1500)
    assert await page.evaluate("heard.length") == 0


async def test_a_model_that_cannot_be_fetched_breaks_nothing(page: Page, capture: CaptureServer) -> None:
    await page.route("**/v1/engine-model*", lambda route: route.abort())
    await page.goto(capture.page("/"))
    await page.evaluate(HEAR)
    assert (await heard(page))[0]["model"] == 0
