"""The libraries that are measured, and the scripts that a page gets for each."""

import os
import subprocess
from pathlib import Path

import msgspec

_CHECKOUT = Path(__file__).parents[2]
_ENGINE = _CHECKOUT / "gooddata" / "serving" / "assets" / "gooddata.js"
_PEERS = _CHECKOUT / "bench" / "peers" / "browser"
_LISTEN = (
    "<script>window.gooddata = window.gooddata || [];"
    "gooddata.push(['on', 'intent', () => {}]); gooddata.push(['on', 'intelligence', () => {}]);</script>"
)


class Library(msgspec.Struct, frozen=True):
    """`script` is the file that a page loads, `attributes` are those of its element, `head` comes before it."""

    name: str
    script: str | None
    attributes: str = ""
    head: str = ""

    @property
    def html(self) -> str:
        if self.script is None:
            return ""
        return f'{self.head}<script defer src="/lib/{self.script}" {self.attributes}></script>'


LIBRARIES = [
    Library("none", None),
    Library("gooddata", "gooddata.js", 'data-key="gw_bench"'),
    Library("gooddata, listened to", "gooddata.js", 'data-key="gw_bench"', _LISTEN),
    Library("umami", "umami.js", 'data-website-id="bench"'),
    Library("plausible", "plausible.js"),
    Library("web-vitals", "web-vitals.js"),
    Library("clarity", "clarity.js"),
    Library("segment", "segment.js"),
    Library("posthog", "posthog.js"),
]


def bundle(folder: Path) -> dict[str, bytes]:
    """Every script by its file's name; the peers' come from npm into `folder`, the engine as it is served."""
    if not (_PEERS / "node_modules").exists():
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=_PEERS,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    subprocess.run(["node", "bundle.mjs", os.fspath(folder)], cwd=_PEERS, check=True, stdout=subprocess.DEVNULL)
    return {path.name: path.read_bytes() for path in [_ENGINE, *folder.glob("*.js")]}


def brotli_bytes(script: bytes) -> int:
    """What it weighs on the way; Node is there to build the scripts, so that it can compress them, too."""
    program = "process.stdout.write(require('zlib').brotliCompressSync(require('fs').readFileSync(0)))"
    return len(subprocess.run(["node", "-e", program], input=script, check=True, stdout=subprocess.PIPE).stdout)
