"""The npm package, as a project that installs it gets it: packed, unpacked, compiled against, bundled and run."""

import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import CaptureServer

Eventually = Callable[..., Any]

CHECKOUT = Path(__file__).parents[3]
TOOLS = CHECKOUT / "node_modules" / ".bin"
APPLICATION = """
import { start, type Intent, type Intelligence, type QueuedEvent } from "gooddata-engine";

const gooddata = start({ key: "gw_capture", api: "/", off: ["scroll"], consent: "on" });
const end: () => void = gooddata.on("intent", (intent: Intent) => {
  const chance: number | undefined = intent.probabilities["convert"];
  document.title = String(chance);
});
gooddata.on("intelligence", ({ scores }: Intelligence) => console.log(scores["conversion"]?.score ?? 0));
gooddata.on("event", ({ name }: QueuedEvent) => console.log(name?.length));
gooddata.track("Bundled", { plan: "pro" });
gooddata.push(["identify", "u1", { plan: "pro" }]);
end();

export function wrong() {
  // @ts-expect-error There is no such topic.
  gooddata.on("weather", () => {});
  // @ts-expect-error There is no such signal.
  start({ key: "gw_other", api: "/", off: ["telepathy"] });
  // @ts-expect-error The write key is missing.
  start({ api: "/" });
}
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application in TypeScript in which nothing but the package is installed."""
    folder = tmp_path_factory.mktemp("application")
    [packed] = json.loads(
        run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder, cwd=CHECKOUT / "engine")
    )
    package = folder / "node_modules" / "gooddata-engine"
    with tarfile.open(folder / packed["filename"]) as archive:
        archive.extractall(folder, filter="data")
    package.parent.mkdir()
    (folder / "package").rename(package)
    (folder / "application.ts").write_text(APPLICATION)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def test_the_package_holds_what_is_documented_and_no_more(project: Path) -> None:
    package = project / "node_modules" / "gooddata-engine"
    held = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    types = {"dist/types/index.d.ts", "dist/types/publicApi.d.ts"}
    assert held == {"package.json", "README.md", "dist/index.js", "dist/gooddata.js"} | types


@pytest.mark.parametrize("resolution", [("nodenext", "nodenext"), ("esnext", "bundler")])
def test_a_strict_typescript_project_compiles_against_it(project: Path, resolution: tuple[str, str]) -> None:
    module, how = resolution
    strictly = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false"]
    kind = ["--module", module, "--moduleResolution", how, "--target", "es2020", "--lib", "es2020,dom", "--types", ""]
    run(TOOLS / "tsc", "--noEmit", *strictly, *kind, "application.ts", cwd=project)


async def test_a_bundle_with_it_collects(
    project: Path, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    bundled = run(TOOLS / "esbuild", "application.ts", "--bundle", "--format=esm", "--log-level=error", cwd=project)
    capture.pages["/bundled"] = {"html": f"<!doctype html><title>Shop</title><script type='module'>{bundled}</script>"}
    await page.goto(f"{capture.url}/bundled")
    [event] = await eventually(lambda: capture.events("Bundled"))
    assert event["properties"] == {"plan": "pro"}
    assert await eventually(lambda: capture.events("identify"))
