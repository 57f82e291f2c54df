"""The HTTP door on real sockets: what is answered, in which order, and what a sender cannot make it hold."""

import asyncio
import contextlib
import socket

import pytest
import uvloop

from gooddata import doors
from gooddata.ingestion import limits


async def app(scope, receive, send):
    """Serving, as far as these tests need it: tells the path and the length of the body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    answer = b"served %s %d" % (scope["path"].encode(), len(body))
    headers = [(b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


class Ingestion:
    """Answers at once, or when told to, with what it was given."""

    def __init__(self):
        self.requests = []
        self.bodies = {}
        self.holds = False

    def __call__(self, request):
        self.requests.append(request)
        self.bodies[request] = request.body[:20]
        if not self.holds:
            self.answer(request)

    def answer(self, request):
        text = b"%s %s" % (str(request.trouble or "took").encode(), self.bodies[request])
        request.respond(request.trouble or 200, b"x: y\r\n", text)


@pytest.fixture
async def ingestion():
    return Ingestion()


@pytest.fixture
async def opened(ingestion, monkeypatch):
    monkeypatch.setattr(doors, "SWEEP_SECONDS", 0.05)
    server, house = await doors.open_doors(app, {b"/v1/batch": ingestion}.get, "127.0.0.1", 0)
    sweeping = asyncio.create_task(doors.sweep(house))
    yield server, house
    await doors.close_doors(server, house, 1)
    sweeping.cancel()


@pytest.fixture
def house(opened):
    return opened[1]


@pytest.fixture
def port(opened):
    return opened[0].port


def post(body, path="/v1/batch", *headers):
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Client:
    def __init__(self, port):
        self._port = port

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_):
        self.writer.transport.abort()

    def send(self, content):
        self.writer.write(content)

    async def answer(self):
        """Status and body of the next response."""
        async with asyncio.timeout(5):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await self.reader.readexactly(length[0] if length else 0)
            return int(head.split()[1]), body

    async def is_closed(self):
        async with asyncio.timeout(5):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True


async def until(comes_true):
    """Waits for a moment until something is so."""
    async with asyncio.timeout(5):
        while not comes_true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def client(port):
    async with Client(port) as client:
        yield client


async def test_requests_follow_each_other_on_one_connection_whoever_answers_them(client):
    for number in range(3):
        client.send(post(b"%d" % number))
        assert await client.answer() == (200, b"took %d" % number)
        client.send(b"GET /demo HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await client.answer() == (200, b"served /demo 0")
        client.send(post(b"abc", "/sign-in"))
        assert await client.answer() == (200, b"served /sign-in 3")


async def test_requests_sent_at_once_are_answered_in_their_order(client, ingestion):
    ingestion.holds = True
    client.send(post(b"1") + post(b"2") + post(b"3"))
    await until(lambda: len(ingestion.requests) >= 3)
    for request in reversed(ingestion.requests):
        ingestion.answer(request)
    assert [await client.answer() for _ in range(3)] == [(200, b"took 1"), (200, b"took 2"), (200, b"took 3")]


async def test_a_page_asked_for_before_the_answer_is_due_is_not_mixed_up_with_it(client, ingestion):
    ingestion.holds = True
    client.send(post(b"1") + b"GET /demo HTTP/1.1\r\nHost: x\r\n\r\n")
    status, _ = await client.answer()
    assert status == 503
    assert await client.is_closed()


async def test_a_body_comes_in_pieces_chunks_or_after_a_go_ahead(client):
    whole = post(b"in pieces")
    for byte in whole:
        client.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await client.answer() == (200, b"took in pieces")
    client.send(
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert await client.answer() == (200, b"took abcde")
    client.send(post(b"", "/v1/batch", "Expect: 100-continue").replace(b"Content-Length: 0", b"Content-Length: 5"))
    assert await client.answer() == (100, b"")
    client.send(b"go on")
    assert await client.answer() == (200, b"took go on")


@pytest.mark.parametrize("request_", [post(b"x", "/v1/batch", "Connection: close"), post(b"x").replace(b"1.1", b"1.0")])
async def test_a_connection_ends_after_its_answer_when_the_sender_says_so(client, request_):
    client.send(request_)
    assert await client.answer() == (200, b"took x")
    assert await client.is_closed()


async def test_what_is_no_http_is_refused(client):
    client.send(b"hello\r\n\r\n")
    assert (await client.answer())[0] == 400
    assert await client.is_closed()


async def test_a_body_that_is_too_large_is_refused_and_not_held(client, house, monkeypatch):
    monkeypatch.setattr(limits, "BODY_BYTES", 1_000)
    client.send(post(b"x" * 100_000))
    assert await client.answer() == (413, b"413 ")
    assert house.bodies == 0
    client.send(post(b"small"))
    assert await client.answer() == (200, b"took small")


async def test_large_bodies_that_are_being_received_are_bounded_over_all_connections(client, house, port, monkeypatch):
    monkeypatch.setattr(limits, "BODIES_BYTES", 10_000)
    monkeypatch.setattr(limits, "SMALL_BODY_BYTES", 1_000)
    async with Client(port) as greedy:
        greedy.send(post(b"x" * 10_000)[:-1])
        await until(lambda: house.bodies >= 8_999)
        client.send(post(b"y" * 3_000))
        assert await client.answer() == (503, b"503 ")
        client.send(post(b"y" * 1_000))
        assert (await client.answer())[0] == 200
        greedy.send(b"x")
        assert (await greedy.answer())[0] == 200
    client.send(post(b"y" * 3_000))
    assert (await client.answer())[0] == 200
    assert house.bodies == 0


async def test_a_sender_that_goes_away_in_the_midst_of_a_body_leaves_nothing_behind(house, port):
    async with Client(port) as gone:
        gone.send(post(b"x" * 90_000)[:-1])
        await until(lambda: house.bodies)
    await until(lambda: not (house.bodies or house.doors))


async def test_headers_are_bounded(client):
    client.send(b"POST /v1/batch HTTP/1.1\r\n")
    for _ in range(limits.HEADER_BYTES // 1_000 + 2):
        client.send(b"x: " + b"y" * 1_000 + b"\r\n")
        await asyncio.sleep(0)
    assert (await client.answer())[0] == 431
    assert await client.is_closed()


async def test_headers_in_two_pieces_are_not_counted_with_the_body_behind_them(client):
    request = post(b"x" * 200_000, "/v1/batch", "X-Some: header")
    client.send(request[:30])
    await asyncio.sleep(0.05)
    client.send(request[30:] + post(b"next"))
    assert (await client.answer())[0] == 200
    assert await client.answer() == (200, b"took next")


async def test_one_header_that_never_ends_is_bounded_too(client):
    client.send(b"POST /v1/batch HTTP/1.1\r\nx: ")
    for _ in range(limits.HEADER_BYTES // 1_000 + 2):
        client.send(b"y" * 1_000)
        await asyncio.sleep(0.001)
    assert (await client.answer())[0] == 431


async def test_what_waits_for_its_answer_on_one_connection_is_bounded(client, ingestion):
    ingestion.holds = True
    for number in range(200):
        client.send(post(b"%03d" % number + b"z" * 50_000))
    await asyncio.sleep(0.3)
    assert limits.UNANSWERED_REQUESTS <= len(ingestion.requests) < 40
    assert all(request.body == b"" for request in ingestion.requests)
    ingestion.holds = False
    for request in list(ingestion.requests):
        request.respond(200, b"", b"late")
    for number in range(200):
        assert (await client.answer())[0] == 200, number


async def test_who_does_not_read_its_answers_is_not_asked_for_more_and_ends(client, house, ingestion, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.5)

    def long_answer(request):
        ingestion.requests.append(request)
        request.respond(200, b"", b"a" * 50_000)

    ingestion.answer = long_answer
    client.writer.transport.pause_reading()
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(3):
            for _ in range(3_000):
                client.send(post(b"x"))
                await client.writer.drain()
                await asyncio.sleep(0)
    assert len(ingestion.requests) < 2_900
    async with asyncio.timeout(5):
        await until(lambda: not house.doors)


async def test_a_request_that_dribbles_in_is_ended(client, monkeypatch):
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.2)
    client.send(post(b"12345")[:-4])
    for byte in b"2":
        await asyncio.sleep(0.1)
        client.send(bytes([byte]))
    assert (await client.answer())[0] == 408
    assert await client.is_closed()


async def test_a_silent_connection_is_closed_and_one_that_waits_for_its_answer_is_not(
    client, port, ingestion, monkeypatch
):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.2)
    ingestion.holds = True
    client.send(post(b"x"))
    async with Client(port) as silent:
        assert await silent.is_closed()
    await asyncio.sleep(0.2)
    ingestion.answer(ingestion.requests[0])
    assert await client.answer() == (200, b"took x")
    assert await client.is_closed()


async def test_connections_are_bounded(client, port, house):
    client.send(post(b"x"))
    await client.answer()
    house.most_connections = 1
    async with Client(port) as further:
        assert await further.is_closed()
    client.send(post(b"x"))
    assert (await client.answer())[0] == 200


def test_a_turn_of_the_loop_accepts_many_connections():
    turns = 0

    async def accepts(count):
        """With the loop of the product, whose library accepts one in a turn."""

        def turn():
            nonlocal turns
            turns += 1
            loop.call_soon(turn)

        loop = asyncio.get_running_loop()
        server, house = await doors.open_doors(app, {}.get, "127.0.0.1", 0)
        waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        loop.call_soon(turn)
        await until(lambda: len(house.doors) == count)
        for one in waiting:
            one.close()
        await doors.close_doors(server, house, 1)

    async def until(comes_true):
        while not comes_true():
            await asyncio.sleep(0)

    uvloop.run(accepts(10 * doors.ACCEPTED_A_TURN))
    assert turns < 2 * doors.ACCEPTED_A_TURN


async def test_after_a_503_a_connection_rests_and_answers_what_was_read(client, port, ingestion, monkeypatch):
    monkeypatch.setattr(limits, "REST_SECONDS", 0.5)
    ingestion.holds = True
    client.send(post(b"1") + post(b"2"))
    await until(lambda: len(ingestion.requests) == 2)
    ingestion.requests[0].respond(503, b"retry-after: 1\r\n", b"later")
    assert await client.answer() == (503, b"later")
    client.send(post(b"3"))
    ingestion.answer(ingestion.requests[1])
    assert await client.answer() == (200, b"took 2")
    async with Client(port) as other:
        other.send(post(b"4"))
        await until(lambda: len(ingestion.requests) == 3)
    assert [*ingestion.bodies.values()][2] == b"4"
    await until(lambda: len(ingestion.requests) == 4)
    assert [*ingestion.bodies.values()][3] == b"3"


async def test_a_connection_that_rests_may_be_closed(client, ingestion, monkeypatch):
    monkeypatch.setattr(limits, "REST_SECONDS", 0.1)
    ingestion.holds = True
    client.send(post(b"1"))
    await until(lambda: ingestion.requests)
    ingestion.requests[0].respond(503, b"retry-after: 1\r\n", b"later")
    await client.answer()
    client.writer.transport.abort()
    door = ingestion.requests[0]._door
    await until(lambda: door not in door.house.doors)


async def test_closing_waits_for_the_answers_that_are_due(ingestion):
    server, house = await doors.open_doors(app, {b"/v1/batch": ingestion}.get, "127.0.0.1", 0)
    port = server.port
    ingestion.holds = True
    async with Client(port) as client, Client(port) as idle:
        client.send(post(b"x"))
        await until(lambda: ingestion.requests)
        closing = asyncio.create_task(doors.close_doors(server, house, 5))
        assert await idle.is_closed()
        ingestion.answer(ingestion.requests[0])
        assert await client.answer() == (200, b"took x")
        await asyncio.wait_for(closing, 2)


async def test_what_fails_here_is_not_told_to_be_the_senders_fault(ingestion, port, monkeypatch):
    def fails(_):
        raise MemoryError

    monkeypatch.setattr(ingestion, "answer", fails)
    async with Client(port) as client:
        client.writer.write(post(b"x"))
        assert (await client.reader.readline()).split()[1] == b"503"
    monkeypatch.undo()
    async with Client(port) as client:
        client.writer.write(post(b"x"))
        assert (await client.reader.readline()).split()[1] == b"200"
