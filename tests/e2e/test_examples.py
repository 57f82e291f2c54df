"""The programs in examples/, started as their own first lines say and visited by a browser; what they tell of the visit
arrives. They are run as they are, but for the addresses and keys that stand for a reader's own."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import asyncpg
import httpx
import pytest
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.conftest import free_port
from tests.e2e.conftest import start_product

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
ELSEWHERE = "203.0.113.7"


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GOODDATA_TRUSTED_PROXIES", "127.0.0.1")
        started = start_product(tmp_path_factory.mktemp("examples") / "data")
    yield started
    assert started.stop() == 0


@pytest.fixture(scope="module")
async def raw(product):
    connection = await asyncpg.connect(product.announced["raw_dsn"])
    yield connection
    await connection.close()


@pytest.fixture
async def page(browser):
    context = await browser.new_context()
    opened = await context.new_page()
    failed = []
    opened.on("pageerror", lambda error: failed.append(str(error)))
    yield opened
    assert failed == []
    await context.close()


async def told(raw, visitor, *, until):
    """The names (or types) of this visitor's events, once `until` is among them."""
    for _ in range(150):
        rows = await raw.fetch("SELECT coalesce(name, type) FROM raw.events WHERE visitor = $1", visitor)
        names = [row[0] for row in rows]
        if until in names:
            return names
        await asyncio.sleep(0.1)
    raise AssertionError(names)


def filled_in(product, path, folder, *, port=None):
    """A copy of an example with this product's address and key in it."""
    text = (EXAMPLES / path).read_text()
    own = product.url.removeprefix("http://")
    text = text.replace("127.0.0.1:8000", own).replace("gw_…", product.announced["write_key"])
    copy = folder / Path(path).name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text.replace("8080", str(port)) if port else text)
    return copy


@contextmanager
def started(*command, port, cwd=ROOT, **environment):
    """A program that answers on a port, ended with the block."""
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **environment})
    try:
        for _ in range(300):
            assert process.poll() is None, "the example ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def served(folder):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format, *args): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *request: Quiet(*request, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "command",
    [
        ("examples/django/app.py", "runserver", "--noreload", "{port}"),
        ("-m", "uvicorn", "--app-dir", "examples/fastapi", "app:app", "--port", "{port}", "--log-level", "warning"),
    ],
    ids=["django", "fastapi"],
)
async def test_a_sign_up_that_the_server_tells_belongs_to_the_visit_that_the_page_tells(product, raw, page, command):
    port = free_port()
    parts = [part.format(port=port) for part in command]
    where = {"GOODDATA_URL": product.url, "GOODDATA_WRITE_KEY": product.announced["write_key"]}
    with started(sys.executable, *parts, port=port, **where) as url:
        await page.goto(url)
        await page.wait_for_function("window.gooddata?.visitor?.()")
        visitor = await page.evaluate("gooddata.visitor()")
        await page.get_by_role("button", name="Sign up").click()
        await page.get_by_text("Thank you").first.wait_for()
        names = await told(raw, visitor, until="Signed up")
    assert names.count("Signed up") == 1
    assert "page" in await told(raw, visitor, until="page")


@pytest.mark.parametrize("server", ["nginx", "caddy"])
async def test_below_a_path_of_ones_own_site(product, raw, page, server, tmp_path):
    binary = shutil.which(server, path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        assert server != "nginx" or not os.environ.get("CI"), "this test needs nginx"
        pytest.skip(f"there is no {server}; Debian has it as a package")
    port = free_port()
    filled_in(product, "proxy/site/index.html", tmp_path / "site")
    if server == "nginx":
        file = filled_in(product, "proxy/nginx.conf", tmp_path, port=port)
        file.write_text(file.read_text().replace("/tmp/nginx-gooddata", str(tmp_path / "temporary")))
        as_root = " user root;" if os.getuid() == 0 else ""
        command = [binary, "-p", str(tmp_path), "-c", file.name, "-g", f"daemon off;{as_root}"]
    else:
        file = filled_in(product, "proxy/Caddyfile", tmp_path, port=port)
        file.write_text(file.read_text().replace("examples/proxy/site", "site"))
        command = [binary, "run", "--config", file.name, "--adapter", "caddyfile"]
    await asyncio.to_thread(
        product.command, "project", "exclude", product.announced["project"], "--ip", f"{ELSEWHERE}/32"
    )
    with started(*command, port=port, cwd=tmp_path, HOME=str(tmp_path)) as url:
        await page.goto(url)
        await page.wait_for_function("document.getElementById('conversion').value !== 'nothing yet'")
        visitor = await page.evaluate("gooddata.visitor()")
        assert "page" in await told(raw, visitor, until="page")

        batch = {"writeKey": product.announced["write_key"]}
        claimed = {"X-Forwarded-For": ELSEWHERE}
        async with httpx.AsyncClient() as http:
            # The server believes the proxy, so that who claims to be somebody else is told apart from who is.
            for at in range(50):
                event = {"id": f"direct-{server}-{at}", "type": "track", "name": "A", "visitor": "claims"}
                direct = await http.post(f"{product.url}/v1/batch", json=batch | {"batch": [event]}, headers=claimed)
                if direct.json().get("dropped") == 1:
                    break
                await asyncio.sleep(0.1)
            assert direct.json()["dropped"] == 1
            event = {"id": f"through-{server}", "type": "track", "name": "A", "visitor": "claims"}
            through = await http.post(f"{url}/gd/v1/batch", json=batch | {"batch": [event]}, headers=claimed)
            assert through.json()["accepted"] == 1
            await page.goto("about:blank")  # a server that is asked to stop waits for the stream to end
            for path in ("/gd/", "/gd/healthz", "/gd/metrics", "/gd/api/overview", "/gd/sign-in", "/gd/v1/../metrics"):
                assert (await http.get(f"{url}{path}")).status_code == 404, path


async def test_nothing_is_sent_or_stored_before_somebody_agrees(product, raw, page, tmp_path):
    filled_in(product, "consent/index.html", tmp_path)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with served(tmp_path) as url:
        await page.goto(url)
        await page.wait_for_function("window.gooddata && !Array.isArray(gooddata)")
        await page.get_by_role("heading").click()
        await page.wait_for_timeout(500)
        assert not [address for address in asked if "/v1/" in address]
        assert await page.evaluate("Object.keys(localStorage)") == []
        await page.get_by_role("button", name="Yes").click()
        await page.wait_for_function("gooddata.visitor()")
        visitor = await page.evaluate("gooddata.visitor()")
        assert "page" in await told(raw, visitor, until="page")
        await page.get_by_role("button", name="Ask me again").click()
        await page.get_by_role("button", name="No").click()
        await page.wait_for_function("!gooddata.visitor()")
        kept = await page.evaluate("Object.keys(localStorage)")
        assert "gooddata.visitor" not in kept


async def test_one_page_recommends_and_offers(product, raw, page, tmp_path):
    now = int(time.time() * 1_000)
    past = [
        {
            "id": f"past-{visitor}-{at}", "type": "track", "name": "Product Viewed", "visitor": f"past-{visitor}",
            "timestamp": now - 7_200_000 + at * 1_000, "properties": {"product_id": item},
        }
        for visitor in range(12)
        for at, item in enumerate(("pot-1", "cup-1"))
    ]  # fmt: skip
    async with httpx.AsyncClient(base_url=product.url) as http:
        sent = await http.post("/v1/batch", json={"writeKey": product.announced["write_key"], "batch": past})
    assert sent.json()["accepted"] == len(past)
    filled_in(product, "plain/index.html", tmp_path)
    with served(tmp_path) as url:
        for _ in range(30):
            await page.goto(url)
            try:
                await page.locator("#next a").first.wait_for(timeout=1_000)
                break
            except PlaywrightTimeout:
                continue
        assert await page.locator("#next a").all_text_contents() == ["cup-1"]
        await page.evaluate("sessionStorage.removeItem('offered')")
        await page.reload()
        await page.get_by_role("button", name="I will").click()
        await page.evaluate("gooddata.flush()")
        visitor = await page.evaluate("gooddata.visitor()")
        names = await told(raw, visitor, until="$exposure_click")
    assert {"$exposure", "Product Viewed"} <= set(names)


def test_the_plugin_for_wordpress_is_php():
    php = shutil.which("php")
    if php is None:
        pytest.skip("there is no PHP; install Debian's package php-cli")
    done = subprocess.run([php, "-l", EXAMPLES / "wordpress/gooddata.php"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_components_for_next_compile_against_the_published_types(tmp_path):
    modules = ROOT / "node_modules"
    paths = {
        "gooddata-engine": [str(ROOT / "engine/dist/types/index.d.ts")],
        "react": [str(modules / "preact/compat/src/index.d.ts")],
        "react/jsx-runtime": [str(modules / "preact/jsx-runtime/src/index.d.ts")],
    }
    strictly = {"strict": True, "exactOptionalPropertyTypes": True, "noUncheckedIndexedAccess": True, "noEmit": True}
    kind = {"target": "es2022", "lib": ["es2022", "dom"], "module": "esnext", "moduleResolution": "bundler"}
    options = {**strictly, **kind, "jsx": "react-jsx", "types": [], "paths": paths, "skipLibCheck": True}
    files = [str(file) for file in sorted((EXAMPLES / "nextjs").glob("*.tsx"))]
    project = tmp_path / "tsconfig.json"
    project.write_text(json.dumps({"compilerOptions": options, "files": files}))
    done = subprocess.run([modules / ".bin/tsc", "-p", project], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
