"""A site whose pages carry the browser SDKs, as their packages bring them, and a real browser that visits it."""

import os
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page

from tests.integration.sdk.conftest import bodies, front, rejections, stored

__all__ = ["bodies", "front", "rejections", "stored"]

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "tests" / "integration" / "sdk" / "node" / "node_modules"
SCRIPTS = {
    "/analytics.js": PACKAGES / "@segment" / "analytics-next" / "dist" / "umd" / "standalone.js",
    "/posthog.js": PACKAGES / "posthog-js" / "dist" / "array.js",
}


class Site:
    """Serves one page, and the SDKs' own bundles; not from where the events go."""

    def __init__(self) -> None:
        self.page = ""
        self.scripts: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(site: "Site") -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path in SCRIPTS:
                    kind, content = "text/javascript", SCRIPTS[path].read_bytes()
                elif path in site.scripts:
                    kind, content = "text/javascript", site.scripts[path]
                elif path == "/favicon.ico":
                    kind, content = "image/x-icon", b""
                else:
                    page = f"<!doctype html><title>Shoes</title><body><button>Buy</button>{site.page}"
                    kind, content = "text/html", page.encode()
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    if not PACKAGES.is_dir():
        assert not os.environ.get("CI"), "the SDK tests need: make .make/sdks"
        pytest.skip("the SDKs are not installed; run: make .make/sdks")
    made = Site()
    yield made
    made.close()


@pytest.fixture
def bundled(tmp_path: Path) -> Callable[[str], bytes]:
    """A module bundled for browsers, as a site's own build does it."""

    def bundle(code: str) -> bytes:
        (tmp_path / "node_modules").symlink_to(PACKAGES)
        (tmp_path / "site.js").write_text(code)
        command = ["node_modules/.bin/esbuild", str(tmp_path / "site.js"), "--bundle", "--format=iife"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout

    return bundle


class Visit:
    """A page in a fresh profile, and what its console complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        page.on("console", self._heard)
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(part in text for part in self.expected)]


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    # posthog-js sends nothing for a browser that says it is headless.
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    context = await browser.new_context(user_agent=agent)
    await context.add_init_script("Object.defineProperty(navigator, 'webdriver', { get: () => false })")
    made = Visit(await context.new_page())
    yield made
    await context.close()
    assert made.unexpected() == []
