"""The whole product, started as a user starts it, and a real browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, async_playwright

from bench.chromium import VISITOR_FLAGS
from tests.conftest import free_port


class Product(msgspec.Struct):
    """A running `gooddata up`: what it announced, its data folder and its process."""

    announced: dict[str, str]
    data: Path
    process: Any

    @property
    def url(self) -> str:
        return self.announced["url"]

    def command(self, *arguments: str) -> str:
        """What another gooddata command, on the same data folder, prints."""
        command = [sys.executable, "-m", "gooddata", *arguments, "--data", str(self.data)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def start_product(data: Path, *flags: str, port: int | None = None) -> Product:
    """Starts `gooddata up --json` and returns once it has announced itself."""
    command = [
        sys.executable,
        "-m",
        "gooddata",
        "up",
        "--json",
        "--port",
        str(port or free_port()),
        "--data",
        str(data),
    ]
    process = subprocess.Popen([*command, *flags], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "gooddata up ended before it was ready"
    return Product(json.loads(line), data, process)


@pytest.fixture
async def shop_page(browser: Browser) -> AsyncIterator[Any]:
    """A page of a new browser, on which no script may fail."""
    # Playwright's waiting for an expression needs eval, which the shop's policy rightly forbids.
    context = await browser.new_context(bypass_csp=True)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    await context.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        assert not os.environ.get("CI"), "the browser tests need Chromium"
        pytest.skip("there is no Chromium; install Debian's package chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=VISITOR_FLAGS)
        yield launched
        await launched.close()
