"""The HTTP door: ingestion's requests go straight to ingestion, all others through ASGI to serving.

uvicorn parses, answers and streams; for the paths of ingestion its protocol is cut short, since a task, a scope and two
channels for each request would cost several times what the request itself does. What a sender can make this process
hold is bounded: headers, bodies, the number of connections, and the time that a request may take to arrive.
"""

import asyncio
import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from httptools import HttpParserCallbackError
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from gooddata.ingestion import limits
from gooddata.ingestion.headers import Headers
from gooddata.inside.request_ids import HEADER, request_id
from gooddata.inside.requests import OTHER, Requests
from gooddata.inside.traces import Span, Traces

logger = logging.getLogger(__name__)


class Request:
    """A request to ingestion, whole. `client` is the other end's host:port; `respond` may be called once, at any later
    time.

    `trouble` is a status where the request came to its end, but was more than is taken: 413 or 503, without the body.
    `id` is told in the answer, `route` is the pattern by which it is counted.
    """

    __slots__ = (
        "_began",
        "_door",
        "_keep_alive",
        "_response",
        "body",
        "client",
        "headers",
        "id",
        "method",
        "path",
        "query",
        "route",
        "scheme",
        "span",
        "trouble",
    )

    def __init__(self, door: "Door", keep_alive: bool) -> None:
        self._door = door
        self._keep_alive = keep_alive
        self._response: bytes | None = None
        self._began = time.perf_counter()
        self.method = self.path = self.query = self.scheme = self.client = self.id = ""
        self.route = OTHER
        self.span: Span | None = None
        self.headers = Headers([])
        self.body = b""
        self.trouble: int | None = None

    def respond(self, status: int, headers: bytes, body: bytes) -> None:
        """Answers; `headers` is a block of lines that each end in CRLF, without Content-Length."""
        ending = b"" if self._keep_alive else b"connection: close\r\n"
        length = b"" if status == 204 else b"content-length: %d\r\n" % len(body)
        own = b"x-request-id: %b\r\n" % self.id.encode()
        self._response = b"%b%b%b%b%b\r\n%b" % (STATUS_LINE[status], headers, own, ending, length, body)
        door = self._door
        if status == 503 and b"retry-after" in headers:
            door.rest()
        door.house.requests.answered(self.route, self.method, status, time.perf_counter() - self._began, self.id)
        if self.span is not None:
            self.span.end(self.route, status)
        door.send_responses()

    @property
    def trace(self) -> str | None:
        """By what the trace of this request goes on, where it is traced."""
        return None if self.span is None else self.span.context


Endpoint = Callable[[Request], None]
EndpointOf = Callable[[bytes], Endpoint | None]


class House(msgspec.Struct):
    """What all doors of a process share. `endpoint_of` finds what takes whole requests on a path; what has none goes to
    serving. `bodies` are the bytes of large bodies that are being received, `turned_away` how many connections were
    closed for there being too many; `routes` has paths by which requests are counted as they are."""

    config: Config
    state: ServerState
    endpoint_of: EndpointOf
    requests: Requests = msgspec.field(default_factory=Requests)
    traces: Traces | None = None
    routes: Mapping[bytes, str] = {}
    most_connections: int = limits.CONNECTIONS
    doors: "set[Door]" = msgspec.field(default_factory=set)
    empty: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
    bodies: int = 0
    turned_away: int = 0


class Door(HttpToolsProtocol):
    """One connection."""

    def __init__(self, house: House) -> None:
        super().__init__(house.config, house.state, {})
        self.house = house
        self._endpoint: Endpoint | None = None
        self._body: list[bytes] = []
        self._body_bytes = self._counted_bytes = 0
        self._header_bytes = 0
        self._unfinished_bytes = 0
        self._has_ended = False
        self._trouble: int | None = None
        self._client = ""
        self._in_headers = False
        self._unanswered: deque[Request] = deque()
        self._rests = False
        # When the request that is being received began, or the connection fell silent.
        self.since = self.loop.time()
        self.is_receiving = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client:
            host, port = self.client
            self._client = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.house.doors.add(self)
        self.house.empty.clear()
        if len(self.house.doors) > self.house.most_connections:
            self.house.turned_away += 1
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.house.doors.discard(self)
        if not self.house.doors:
            self.house.empty.set()
        self._let_go_of_body()
        self._unanswered.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_headers = self._in_headers
        super().data_received(data)
        if self._in_headers:
            if was_in_headers:
                # All of it belongs to headers, of which the parser may not have told yet.
                self._unfinished_bytes += len(data)
            self._bound_headers(max(self._header_bytes, self._unfinished_bytes))

    def send_400_response(self, msg: str) -> None:
        failure = sys.exc_info()[1]
        if isinstance(failure, HttpParserCallbackError):
            # It is not the request that is wrong: there was no memory for it, say. Its sender is to keep it.
            logger.error("a request could not be taken in: %r", failure.__context__ or failure)
            self._end_with(503, b"send this request again\n")
        else:
            super().send_400_response(msg)

    def on_url(self, url: bytes) -> None:
        self._header_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value) + 4
        super().on_header(name, value)

    def _bound_headers(self, size: int) -> None:
        if size > limits.HEADER_BYTES:
            self._end_with(431, b"the headers are too large\n")

    def on_message_begin(self) -> None:
        self._header_bytes = self._unfinished_bytes = 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._endpoint = None
        self._in_headers = self.is_receiving = True
        self.since = self.loop.time()

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._bound_headers(self._header_bytes)
        if self._has_ended:
            return
        path, _, _ = self.url.partition(b"?")
        self._endpoint = self.house.endpoint_of(path)
        if self._endpoint is None:
            self._begin_asgi()
            return
        self._trouble = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._trouble = 503  # a request sent before serving has answered the one before it, which nobody does
        elif self.expect_100_continue:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin_asgi(self) -> None:
        if self._unanswered:
            self._end_with(503, b"send this request again\n")
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._has_ended:
            return
        self._body_bytes += len(body)
        if self._endpoint is None:
            self._pass_on(body)
            return
        if self._body_bytes > limits.DRAINED_BYTES:
            self._end_with(413, b"the body is too large\n")
        elif self._body_bytes > limits.BODY_BYTES:
            self._refuse_body(413)
        elif self._trouble is None:
            if self._counts():
                self._body.append(body)
            else:
                self._refuse_body(503)

    def _pass_on(self, body: bytes) -> None:
        """Of what goes to serving, which keeps it until it is whole, no more than one request, and all, may have."""
        if self._body_bytes > limits.SERVING_BODY_BYTES:
            self._end_with(413, b"the body is too large\n")
        elif not self._counts():
            self._end_with(503, b"too much is being received; send this request again\n")
        elif self.cycle is not None:
            super().on_body(body)

    def _counts(self) -> bool:
        """Whether there is room for what has come of a body so far; if so, it is taken."""
        # What an ordinary request takes is free, so that those who send large bodies do not keep others out.
        counted = max(self._body_bytes - limits.SMALL_BODY_BYTES, 0) - self._counted_bytes
        if counted and self.house.bodies + counted > limits.BODIES_BYTES:
            return False
        self._counted_bytes += counted
        self.house.bodies += counted
        return True

    def on_message_complete(self) -> None:
        self.is_receiving = False
        self.since = self.loop.time()
        if self._has_ended:
            return
        if self._endpoint is None:
            self._let_go_of_body()
            if self.cycle is not None:
                super().on_message_complete()
            return
        request = Request(self, self.parser.should_keep_alive())
        path, _, query = self.url.partition(b"?")
        request.route = self.house.routes.get(path, OTHER)
        request.path, request.query = path.decode("latin-1"), query.decode("latin-1")
        request.method = self.parser.get_method().decode("latin-1")
        request.headers = Headers(self.headers)
        request.body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request.scheme, request.client = self.scheme or "http", self._client
        request.trouble = self._trouble
        request.id = request_id(request.headers.get_bytes(HEADER))
        if self.house.traces is not None:
            parent, state = request.headers.get_bytes(b"traceparent"), request.headers.get_bytes(b"tracestate")
            request.span = self.house.traces.begin(request.method, parent, state, request.id)
        self._let_go_of_body()
        self._unanswered.append(request)
        if len(self._unanswered) >= limits.UNANSWERED_REQUESTS:
            self.flow.pause_reading()
        self._endpoint(request)
        # What of it is still needed is held, and counted, by those who need it.
        request.body = b""

    def send_responses(self) -> None:
        """Sends the answers that are there, in the order of their requests."""
        unanswered = self._unanswered
        while unanswered and (response := unanswered[0]._response) is not None:
            request = unanswered.popleft()
            if self.transport.is_closing():
                continue
            self.transport.write(response)
            if not request._keep_alive:
                self.transport.close()
        self.since = self.loop.time()
        self._read_on_if_possible()

    def pause_writing(self) -> None:
        """Who does not read the answers is asked for no more requests."""
        super().pause_writing()
        if self._endpoint is not None:
            self.flow.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on_if_possible()

    def rest(self) -> None:
        """Reads no more for a moment, and answers all that was read: who asks at once again, having been told to come
        back later, must not keep this process busy with refusing, or what was taken in would wait for that."""
        if not self._rests and not self.transport.is_closing():
            self._rests = True
            self.flow.pause_reading()
            self.loop.call_later(limits.REST_SECONDS, self._wake)

    def _wake(self) -> None:
        self._rests = False
        if not self.transport.is_closing():
            self._read_on_if_possible()

    def _read_on_if_possible(self) -> None:
        if self._rests:
            return
        if len(self._unanswered) < limits.UNANSWERED_REQUESTS and not self.flow.write_paused:
            self.flow.resume_reading()

    def shutdown(self) -> None:
        if self._unanswered:
            for request in self._unanswered:
                request._keep_alive = False
        else:
            super().shutdown()

    def close_if_overdue(self, now: float) -> None:
        """Ends a connection on which a request takes too long to arrive, or nothing happens."""
        silent = now - self.since
        if self.transport.is_closing():
            # Its last answer is not read: closing would wait for that.
            if silent > limits.REQUEST_SECONDS:
                self.transport.abort()
        elif self.is_receiving and silent > limits.REQUEST_SECONDS:
            self._end_with(408, b"the request took too long to arrive\n")
        elif not self.is_receiving and not self._is_busy() and silent > limits.IDLE_SECONDS:
            if self.transport.get_write_buffer_size():
                self.transport.abort()
            else:
                self.transport.close()

    def _is_busy(self) -> bool:
        return bool(self._unanswered) or (self.cycle is not None and not self.cycle.response_complete)

    def _refuse_body(self, status: int) -> None:
        # It is read on, and dropped: an answer before its end would be lost with the connection.
        self._trouble = self._trouble or status
        self._let_go_of_body(reading_on=True)

    def _let_go_of_body(self, reading_on: bool = False) -> None:
        self.house.bodies -= self._counted_bytes
        self._counted_bytes = 0
        self._body = []
        if not reading_on:
            self._body_bytes = 0

    def _end_with(self, status: int, text: bytes) -> None:
        self._has_ended = True
        self.house.requests.refused.add((str(status),))
        self._let_go_of_body()
        if not self.transport.is_closing():
            head = b"content-type: text/plain\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(text)
            self.transport.write(STATUS_LINE[status] + head + text)
            self.transport.close()
