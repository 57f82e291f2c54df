"""docs/getting-started.md, block by block, in its order, as a newcomer types it, up to a visitor's first prediction.

Other are only the port, the data folder, the keys that the guide writes as `gw_…` and `gr_…`, and what would install or
stand about for nothing: `make` takes the environment as made, and the demo shop stays closed.
"""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/getting-started.md").read_text()
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
STAYS = "In a terminal of its own"
READY_SECONDS = 120


class Block(msgspec.Struct):
    language: str
    title: str
    text: str


class Newcomer:
    """Somebody in a fresh checkout, with a browser, who follows the guide."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.port, self.site_port = free_port(), free_port()
        self.keys = {"gw_…": "gw_…", "gr_…": "gr_…"}
        self.blocks = [Block(*parts) for parts in BLOCK.findall(GUIDE)]
        self.terminals: list[subprocess.Popen[str]] = []
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PORT": str(self.port),
            "DATA": str(checkout / "gooddata-data"),
            "DEMO": "",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next(self, language: str) -> Block:
        """The guide's next block, which is to be in this language, with the addresses and keys that hold here."""
        block = self.blocks.pop(0)
        assert block.language == language, block
        text = block.text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}").replace("8080", str(self.site_port))
        for name, key in self.keys.items():
            text = text.replace(name, key)
        return Block(block.language, block.title, text)

    def types(self) -> str:
        """Runs the next block in a shell, to its end; what it says on standard output."""
        block = self.next("sh")
        assert block.title != STAYS
        done = subprocess.run(
            ["sh", "-e", "-c", block.text], cwd=self.checkout, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def starts(self) -> subprocess.Popen[str]:
        """Runs the next block in a terminal that it keeps."""
        block = self.next("sh")
        assert block.title == STAYS
        command = block.text.strip().split()
        if command[0] == "make":
            command[1:1] = ["--old-file", ".make/run", "--old-file", ".make/assets"]
        if command[0] == "python3":
            command[0] = sys.executable
        terminal = subprocess.Popen(
            command, cwd=self.checkout, env=self.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.terminals.append(terminal)
        return terminal

    def leaves(self) -> None:
        for terminal in self.terminals:
            os.killpg(terminal.pid, signal.SIGTERM)
        for terminal in self.terminals:
            terminal.wait(30)


def read_until(terminal: subprocess.Popen[str], last: str) -> list[str]:
    """What a terminal shows up to the line that holds `last`; what comes after it is read, too, and let go."""
    assert terminal.stdout is not None
    lines = []
    watchdog = threading.Timer(READY_SECONDS, terminal.kill)
    watchdog.start()
    for line in terminal.stdout:
        lines.append(line.rstrip())
        if last in line:
            break
    watchdog.cancel()
    threading.Thread(target=terminal.stdout.read, daemon=True).start()
    return lines


def as_pattern(shown: str) -> str:
    """The guide's picture of an output, in which an ellipsis stands for what is another each time."""
    return re.escape(shown.rstrip()).replace("…", r"[\w-]+")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    checkout = tmp_path_factory.mktemp("checkout")
    for entry in ("Makefile", ".venv", "examples"):
        (checkout / entry).symlink_to(ROOT / entry)
    someone = Newcomer(checkout)
    yield someone
    someone.leaves()


async def shown(page: Any, place: str) -> str:
    """What stands in a place of the page, once there is something."""
    await page.wait_for_function(
        "(place) => document.getElementById(place).value !== 'nothing yet'", arg=place, timeout=30_000
    )
    return str(await page.locator(f"#{place}").text_content())


async def until_answers(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.05)
    raise AssertionError(f"nothing answers on port {port}")


async def test_from_nothing_to_the_first_prediction_by_the_guides_own_blocks(newcomer, browser):
    # 1. Start it
    product = newcomer.starts()
    said = "\n".join(read_until(product, "Your site"))
    pictured = [line for line in newcomer.next("text").text.splitlines() if "Demo shop" not in line]
    with_project = as_pattern("\n".join(pictured)).replace("demo\\-shop", r"[\w-]+")
    assert re.search(with_project, said), said

    # 2. Make a project for your site
    newcomer.environment["GOODDATA_DATA"] = newcomer.environment["DATA"]
    made = newcomer.types()
    assert re.fullmatch(as_pattern(newcomer.next("text").text), made.rstrip()), made
    newcomer.keys = {name: re.search(rf"\b{name[:3]}\S+", made)[0] for name in newcomer.keys}

    # 3. Put it on a page
    written = newcomer.next("html")
    page_file = newcomer.checkout / written.title
    page_file.parent.mkdir()
    page_file.write_text(written.text)
    newcomer.starts()
    await until_answers(newcomer.site_port)
    context = await browser.new_context()
    page = await context.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    address = re.search(r"Open <(http://\S+)>", GUIDE)[1].replace("8080", str(newcomer.site_port))
    await page.goto(address)
    assert re.fullmatch(r"\d+% likely to leave \(a rule of thumb\)", await shown(page, "intent"))
    assert await shown(page, "conversion") == "no score: no model has been trained yet"

    # 4. Give it a past
    assert "malformed              0" in newcomer.types()
    for _ in range(150):
        await page.reload()
        answer = await shown(page, "conversion")
        if "likely to sign up" in answer:
            break
        await asyncio.sleep(1)
    assert re.fullmatch(r"\d+\.\d% likely to sign up", answer)
    card = newcomer.types()
    assert "simulated" in card and "AUC" in card
    assert failed == []

    # 5. Act on it
    acting = newcomer.next("html").text
    page_file.write_text(page_file.read_text() + acting.replace("> 0.6", "> 0.0"))
    await page.reload()
    await page.wait_for_selector("body[data-likely=yes]", timeout=30_000)
    await page.get_by_role("button").click()
    await page.evaluate("gooddata.flush()")
    await context.close()

    # 6. Send from a server
    installed = newcomer.next("sh").text.split()
    assert installed == ["pip", "install", "segment-analytics-python"]  # the lock of the tests has it
    done = subprocess.run([sys.executable, "-c", newcomer.next("python").text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    receipt = msgspec.json.decode(newcomer.types())
    assert (receipt["accepted"], receipt["rejected"]) == (1, [])

    # 7. Look underneath
    async with httpx.AsyncClient(base_url=newcomer.url) as http:
        headers = {"Authorization": f"Bearer {newcomer.keys['gr_…']}"}
        for _ in range(100):
            names = (await http.get("/api/breakdown?dimension=event&project=my-site", headers=headers)).text
            if "Order Completed" in names:
                break
            await asyncio.sleep(0.1)
    looked = newcomer.types()
    assert "Order Completed" in looked and "Signed up" in looked
    overview = msgspec.json.decode(looked[looked.index("\n{") :])
    assert overview["sessions"] >= 1
    assert newcomer.blocks == []
