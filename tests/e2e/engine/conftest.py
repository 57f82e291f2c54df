"""A fresh browser profile for each test, and a server that keeps what the engine sends."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.chromium import FLAGS
from tests.e2e.engine.capture_server import ENGINE, CaptureServer


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        assert not os.environ.get("CI"), "the browser tests need Chromium"
        pytest.skip("there is no Chromium; install Debian's package chromium")
    return path


@pytest.fixture(scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    """Chromium with its back/forward cache, which Playwright turns off by default."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        with suppress(TimeoutError):
            await asyncio.wait_for(browser.close(), CLOSING_SECONDS)


CLOSING_SECONDS = 30.0


class Profile:
    """A browser profile with nothing stored. An error in one of its pages fails the test, unless it was expected."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.expected: list[str] = []
        self.errors: list[str] = []
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def unexpected(self) -> list[str]:
        return [error for error in self.errors if not any(text in error for text in self.expected)]


@pytest.fixture
async def profile(chromium: Browser) -> AsyncIterator[Profile]:
    context = await chromium.new_context()
    made = Profile(context)
    yield made
    # Chromium does not always answer, about once in thousands of times; the browser ends it all anyway.
    with suppress(TimeoutError):
        await asyncio.wait_for(context.close(), CLOSING_SECONDS)
    assert made.unexpected() == []


@pytest.fixture
async def page(profile: Profile) -> Page:
    return await profile.context.new_page()


@pytest.fixture
def capture() -> Iterator[CaptureServer]:
    if not ENGINE.exists():
        pytest.fail("the engine is not built; run: npm run build --workspace engine")
    server = CaptureServer()
    yield server
    server.close()


async def until(seen: Callable[[], Any], *, within: float = 8.0) -> Any:
    """Waits until `seen` gives something true, and returns it; after `within` seconds returns what there is."""
    end = time.monotonic() + within
    while not (found := seen()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found


@pytest.fixture
def eventually() -> Callable[..., Any]:
    return until
