"""The site that is visited: one heavy page with one library in it, and an API that takes whatever is sent."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bench.engine.libraries import Library

_PAGE = Path(__file__).parent / "page"
_HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Catalogue</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">{library}</head>
<body><script type="module" src="/page.mjs"></script></body></html>"""
_STREAM_SECONDS = 30.0


class Site:
    """Serves the page at `/<place of the library>`, while entered; counts what it is sent."""

    def __init__(self, libraries: list[Library], scripts: dict[str, bytes]) -> None:
        self._libraries = libraries
        self._files: dict[str, tuple[str, bytes]] = {
            f"/lib/{name}": ("text/javascript", script) for name, script in scripts.items()
        }
        for name, kind in (("page.mjs", "text/javascript"), ("page.css", "text/css")):
            self._files[f"/{name}"] = kind, (_PAGE / name).read_bytes()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.site = self  # type: ignore[attr-defined]
        self.sent_bytes = 0
        self.requests = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()

    def file(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body of what is served there."""
        place = path.removeprefix("/")
        if place.isdigit():
            return "text/html", _HTML.format(library=self._libraries[int(place)].html).encode()
        return self._files.get(path)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        path = urlsplit(self.path).path
        if path.endswith("/v1/intelligence/stream"):
            self._stream()
        elif path.endswith("/v1/engine-model"):
            self._answer("application/json", b'{"trained": false}')
        elif found := site.file(path):
            self._answer(*found)
        else:
            self._answer("application/json", b"{}", 404)

    def do_POST(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        site.sent_bytes += len(body)
        site.requests += 1
        receipt = {"accepted": 1, "rejected": [], "token": "bench", "success": True, "status": 1}
        self._answer("application/json", json.dumps(receipt).encode())

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        scores: dict[str, Any] = {"scores": {"conversion": {"score": 0.3}}}
        end = time.monotonic() + _STREAM_SECONDS
        while time.monotonic() < end:
            scores["computed_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.wfile.write(f"event: intelligence\ndata: {json.dumps(scores)}\n\n".encode())
            self.wfile.flush()
            time.sleep(1)

    def _answer(self, kind: str, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # a browser cuts what a page that goes had open

    def log_message(self, format: str, *args: object) -> None:
        """Requests are counted, not printed."""
