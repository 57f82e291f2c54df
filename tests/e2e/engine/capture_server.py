"""A real HTTP server in the place of GoodData's: it serves pages with the engine in them and keeps what they send.

It answers as a test has told it to (`answers`), and else as ingestion does. A browser talks to it over real sockets,
so retries, keepalive requests, beacons and streams are the browser's own.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ENGINE = Path(__file__).parents[3] / "gooddata" / "serving" / "assets" / "gooddata.js"
WRITE_KEY = "gw_capture"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
{head}
<script defer src="{engine}" data-key="{key}"{attributes}></script>
<body>{body}</body></html>"""


@dataclass(frozen=True)
class Answer:
    """What the server says to one batch. A status of 0 cuts the connection without a word."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True)
class Request:
    """One request to the API, as it came in. `at` is in seconds, monotonic; `status` is what was answered."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    status: int
    at: float

    @property
    def batch(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events, each with the context that the server would give it."""
        shared = self.batch["context"]
        return [{**event, "context": {**shared, **event.get("context", {})}} for event in self.batch["batch"]]


class CaptureServer:
    """Listens on a free port from construction until `close()`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: deque[Answer] = deque()
        self.down = False
        self.pages: dict[str, dict[str, str]] = {}
        self.page_headers: dict[str, str] = {}
        self.stream_status = 200
        self.scores: dict[str, Any] | None = None
        self.engine_model: dict[str, Any] = {"trained": False}
        self.streams: list[_Handler] = []
        self.lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.capture = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def page(self, path: str, *, body: str = "", head: str = "", title: str = "A page", attributes: str = "") -> str:
        """Makes a page with the engine in it, and returns its address."""
        engine = "/gooddata.js"
        self.pages[path] = {
            "html": PAGE.format(title=title, head=head, body=body, engine=engine, key=WRITE_KEY, attributes=attributes)
        }
        return self.url + path

    def batches(self) -> list[Request]:
        """The batches that were asked to be taken, in order, whatever was answered."""
        with self.lock:
            return [request for request in self.requests if request.path.endswith("/v1/batch") and request.body]

    def requests_to(self, path: str) -> list[Request]:
        with self.lock:
            return [request for request in self.requests if request.path == path]

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """What was acknowledged: the events of `name` (`page` and `identify` by type), or all of them."""
        taken = [event for request in self.batches() if request.status == 200 for event in request.events]
        return [event for event in taken if name in (None, event.get("name"), event["type"])]

    def push(self, intelligence: dict[str, Any]) -> None:
        """Sends scores to every open stream."""
        frame = f"event: intelligence\ndata: {json.dumps(intelligence)}\n\n".encode()
        for stream in list(self.streams):
            stream.wfile.write(frame)
            stream.wfile.flush()

    def cut_streams(self) -> None:
        for stream in list(self.streams):
            stream.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers cut connections as their pages go; anything else is a fault of this file and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def capture(self) -> CaptureServer:
        server: CaptureServer = self.server.capture  # type: ignore[attr-defined]
        return server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/gooddata.js":
            self._reply(200, ENGINE.read_bytes(), {"Content-Type": "text/javascript"})
        elif url.path.endswith("/v1/intelligence/stream"):
            self._stream(url.path)
        elif url.path.endswith("/v1/engine-model"):
            self._note(b"", 200)
            model = json.dumps(self.capture.engine_model).encode()
            self._reply(200, model, {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"})
        elif url.path in self.capture.pages:
            html = self.capture.pages[url.path]["html"].encode()
            self._reply(200, html, {"Content-Type": "text/html; charset=utf-8", **self.capture.page_headers})
        else:
            self._reply(404, b"", {})

    def do_OPTIONS(self) -> None:
        self._note(b"", 204)
        self._reply(204, b"", {"Access-Control-Allow-Origin": "*"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.capture.lock:
            usual = Answer(0 if self.capture.down else 200)
            answer = self.capture.answers.popleft() if self.capture.answers else usual
        time.sleep(answer.delay)
        self._note(body, answer.status)
        if answer.status == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        count = len(json.loads(body)["batch"])
        reply = {
            "accepted": count,
            "duplicate": 0,
            "spooled": 0,
            "rejected": [],
            "token": f"token-{time.monotonic_ns()}",
        }
        if self.capture.scores and "intelligence" in parse_qs(urlsplit(self.path).query, keep_blank_values=True):
            reply["intelligence"] = self.capture.scores
        self._reply(answer.status, json.dumps(reply).encode(), {**cors, **answer.headers})

    def _stream(self, path: str) -> None:
        status = self.capture.stream_status
        self._note(b"", status)
        if status != 200:
            self._reply(status, b"", {})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(b": open\n\n")
        self.capture.streams.append(self)
        try:
            while self.connection.recv(1):
                pass
        except OSError:
            pass
        finally:
            self.capture.streams.remove(self)
            self.close_connection = True

    def _note(self, body: bytes, status: int) -> None:
        url = urlsplit(self.path)
        request = Request(
            self.command,
            url.path,
            parse_qs(url.query, keep_blank_values=True),
            dict(self.headers),
            body,
            status,
            time.monotonic(),
        )
        with self.capture.lock:
            self.capture.requests.append(request)

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept, not printed."""
