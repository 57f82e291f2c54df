"""A proxy in front of a real server that refuses, or loses the answer of, as many requests as it is told."""

import http.client
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from gooddata.ingestion.endpoint import refusal_body
from gooddata.ingestion.unusable import Unusable


class Passed(msgspec.Struct):
    """A request that came through, its headers' names in small letters; `status` is what the sender got, 0 nothing."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int


class Front:
    """`refuse` answers the next posts itself; `lose` lets the server take them, and ends the connection instead."""

    def __init__(self, port: int) -> None:
        self.passed: list[Passed] = []
        self._port = port
        self._plan: list[tuple[int, dict[str, str], bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def refuse(self, status: int, times: int = 1) -> None:
        """As the server itself does when it is overloaded (503), or is told too much (429)."""
        self._plan += [
            (status, {"retry-after": "1"}, refusal_body(Unusable(status, "unavailable", "send again later")))
        ] * times

    def lose(self, times: int = 1) -> None:
        self._plan += [(0, {}, b"")] * times

    def posts(self, *without: str) -> list[Passed]:
        """The posts so far, except those to paths that start with one of `without`."""
        return [one for one in self.passed if one.method == "POST" and not one.path.startswith(without or ("?",))]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(front: "Front") -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self._pass()

            def do_OPTIONS(self) -> None:
                self._pass()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if not front._plan or self.path.startswith("/flags"):
                    return self._pass(body)
                status, headers, answer = front._plan.pop(0)
                if not status:
                    front._forward(self, body)
                    self.close_connection = True
                    front.passed.append(Passed("POST", self.path, _named(self.headers), body, 0))
                    return None
                allowed = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}
                self._answer(body, status, {**allowed, **headers}, answer)
                return None

            def _pass(self, body: bytes = b"") -> None:
                self._answer(body, *front._forward(self, body))

            def _answer(self, body: bytes, status: int, headers: dict[str, str], answer: bytes) -> None:
                front.passed.append(Passed(self.command, self.path, _named(self.headers), body, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        return Handler

    def _forward(self, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request(asked.command, asked.path, body, dict(asked.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        hop = ("content-length", "transfer-encoding", "connection", "date", "server")
        return answer.status, {n: v for n, v in answer.getheaders() if n.lower() not in hop}, content


def _named(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
