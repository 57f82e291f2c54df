"""The client against a real socket that answers as a script says."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from gooddata import client as client_module
from gooddata.client import ApiError, Client, Receipt, Rejection, rows
from gooddata.errors import ConfigurationError

RECEIPT = b'{"accepted":1,"duplicate":0,"spooled":0,"rejected":[]}'
EVENT = {"id": "e1", "type": "track", "name": "Seen", "visitor": "v", "timestamp": 1}


class Request(msgspec.Struct):
    line: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class ScriptedServer:
    """Answers the n-th request with the n-th answer, and with the last one from then on; None hangs up."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = [(200, {}, RECEIPT)]
        self.requests: list[Request] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while answer := await self._answer(reader):
                status, fields, content = answer
                head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"]
                head += [f"{name}: {value}" for name, value in fields.items()]
                writer.write("\r\n".join([*head, "", ""]).encode() + content)
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes] | None:
        line, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append(Request(line, headers, body))
        return self.answers[min(len(self.requests), len(self.answers)) - 1]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    listening = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield scripted
    listening.close()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_FIRST_PAUSE", 0.001)


async def test_sends_a_batch_under_the_key_and_returns_the_receipt(server: ScriptedServer) -> None:
    rejected = [{"index": 1, "id": "b", "field": "name", "reason": "missing_name"}]
    answer = {"accepted": 1, "duplicate": 2, "spooled": 3, "rejected": rejected, "token": "t"}
    server.answers = [(200, {}, msgspec.json.encode(answer))]
    async with Client(server.url, "the-key") as client:
        receipt = await client.send([EVENT], context={"simulated": True})
    assert receipt == Receipt(1, 2, 3, [Rejection(1, "missing_name", "b", "name")], "t")
    [request] = server.requests
    assert request.line == "POST /v1/batch HTTP/1.1"
    assert request.headers["authorization"] == "Bearer the-key"
    assert "x-gooddata-import" not in request.headers
    body = request.json()
    assert body["batch"] == [EVENT]
    assert body["context"] == {"simulated": True}
    assert abs(body["sentAt"] - time.time() * 1_000) < 5_000


async def test_marks_an_import(server: ScriptedServer) -> None:
    async with Client(server.url, "read-key") as client:
        await client.send([EVENT], imported=True)
    assert server.requests[0].headers["x-gooddata-import"] == "1"


async def test_gives_ids_and_times_only_to_events_that_have_none(server: ScriptedServer) -> None:
    named = {"type": "page", "visitor": "v", "messageId": "m1"}
    async with Client(server.url, "key") as client:
        await client.send([EVENT, named, {"type": "page", "visitor": "v"}])
    first, second, third = server.requests[0].json()["batch"]
    assert first == EVENT
    assert second["messageId"] == "m1" and "id" not in second
    assert len(third["id"]) == 36 and third["timestamp"] > 1_500_000_000_000


async def test_an_empty_batch_is_not_sent(server: ScriptedServer) -> None:
    async with Client(server.url, "key") as client:
        assert await client.send([]) == Receipt()
    assert server.requests == []


@pytest.mark.parametrize("failure", [(503, {}, b""), (429, {"Retry-After": "0"}, b""), (500, {}, b"oops"), None])
async def test_sends_the_same_bytes_again_until_they_are_taken(server: ScriptedServer, failure: Any) -> None:
    server.answers = [failure, failure, (200, {}, RECEIPT)]
    async with Client(server.url, "key") as client:
        receipt = await client.send([{"type": "page", "visitor": "v"}])
    assert receipt.accepted == 1
    assert len(server.requests) == 3
    assert len({request.body for request in server.requests}) == 1


async def test_waits_as_long_as_the_server_asks(server: ScriptedServer) -> None:
    server.answers = [(503, {"Retry-After": "1"}, b""), (200, {}, RECEIPT)]
    started = time.monotonic()
    async with Client(server.url, "key") as client:
        await client.send([EVENT])
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize("status", [400, 401, 413, 415])
async def test_a_refusal_raises_with_the_servers_words_and_is_not_tried_again(
    server: ScriptedServer, status: int
) -> None:
    error = {"error": {"code": "too_odd", "message": "send it in parts", "field": "batch"}}
    server.answers = [(status, {}, msgspec.json.encode(error))]
    async with Client(server.url, "key") as client:
        with pytest.raises(ApiError, match="send it in parts") as refusal:
            await client.send([EVENT])
    assert (refusal.value.status, refusal.value.code, refusal.value.field) == (status, "too_odd", "batch")
    assert len(server.requests) == 1


async def test_a_refusal_without_words_names_the_status(server: ScriptedServer) -> None:
    server.answers = [(404, {}, b"<html>not here</html>")]
    async with Client(server.url, "key") as client:
        with pytest.raises(ApiError, match="404"):
            await client.send([EVENT])


async def test_an_answer_that_is_no_receipt_is_an_error(server: ScriptedServer) -> None:
    server.answers = [(200, {}, b"<html>welcome</html>")]
    async with Client(server.url, "key") as client:
        with pytest.raises(ApiError, match="another server"):
            await client.send([EVENT])


async def test_gives_up_when_its_patience_is_over(server: ScriptedServer) -> None:
    server.answers = [(503, {"Retry-After": "30"}, b"")]
    started = time.monotonic()
    async with Client(server.url, "key", patience=5.0) as client:
        with pytest.raises(ApiError) as refusal:
            await client.send([EVENT])
    assert refusal.value.status == 503
    assert time.monotonic() - started < 2.0


async def test_says_that_a_server_cannot_be_reached() -> None:
    async with Client("http://127.0.0.1:9", "key", patience=0.0) as client:
        with pytest.raises(ApiError, match="is the server running") as refusal:
            await client.send([EVENT])
    assert refusal.value.status is None


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://example.com", "http://"])
def test_refuses_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match="address of a server"):
        Client(url, "key")


async def test_keeps_its_connection(server: ScriptedServer) -> None:
    async with Client(server.url, "key") as client:
        for _ in range(5):
            await client.send([EVENT])
    assert (len(server.requests), server.connections) == (5, 1)


async def test_large_bodies_are_gzipped_where_there_is_a_network(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_LOOPBACK", frozenset())
    many = [{**EVENT, "id": f"e{number}"} for number in range(200)]
    async with Client(server.url, "key") as client:
        await client.send([EVENT])
        await client.send(many)
    small, large = server.requests
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(large.body))["batch"] == many


async def test_queries_name_project_and_period(server: ScriptedServer) -> None:
    server.answers = [(200, {}, b'{"visitors":3}')]
    async with Client(server.url, "read", project="p1") as client:
        assert await client.overview(from_="2026-01-01", to=1_700_000_000_000) == {"visitors": 3}
        await client.timeseries(interval="day")
        await client.breakdown("page", limit=3)
        await client.sessions(limit=7)
        await client.models(project="p2")
        await client.ledger()
    assert [request.line.split()[1] for request in server.requests] == [
        "/api/overview?project=p1&from=2026-01-01&to=1700000000000",
        "/api/timeseries?project=p1&interval=day",
        "/api/breakdown?project=p1&dimension=page&limit=3",
        "/api/sessions?project=p1&limit=7",
        "/api/models?project=p2",
        "/api/ledger?project=p1",
    ]


ASKED = {
    "overview": ((), "/api/overview?"),
    "timeseries": ((), "/api/timeseries?interval=hour"),
    "breakdown": (("page",), "/api/breakdown?dimension=page&limit=10"),
    "funnel": (("page==/", "goal==Order"), "/api/funnel?step=page%3D%3D%2F&step=goal%3D%3DOrder&within_hours=24"),
    "retention": ((), "/api/retention?by=week&cohorts=8"),
    "paths": (("page==/",), "/api/paths?anchor=page%3D%3D%2F&direction=after"),
    "sessions": ((), "/api/sessions?limit=50"),
    "session": (("s1",), "/api/sessions/s1?"),
    "live": ((), "/api/live?"),
    "events": ((), "/api/events?limit=100"),
    "event_timeseries": (("A b",), "/api/events/timeseries?event=A+b&interval=hour"),
    "properties": (("A",), "/api/properties?event=A"),
    "property_values": (("A", "size"), "/api/properties/values?event=A&property=size&limit=10"),
    "models": ((), "/api/models?"),
    "model_card": (("conversion", 3), "/api/models/conversion/3/card?"),
    "anomalies": ((), "/api/anomalies?"),
    "insights": ((), "/api/insights?"),
    "segments": ((), "/api/segments?"),
    "automation": ((), "/api/automation?"),
    "recommendations": (("p1",), "/api/recommendations?item=p1"),
    "returns": ((), "/api/returns?"),
    "feedback": ((), "/api/feedback?"),
    "ledger": ((), "/api/ledger?"),
    "ask": (("/api/session",), "/api/session?"),
}


@pytest.mark.parametrize("method", ASKED)
async def test_each_question_goes_to_its_path(server: ScriptedServer, method: str) -> None:
    server.answers = [(200, {}, b'{"said":1}')]
    arguments, line = ASKED[method]
    async with Client(server.url, "read") as client:
        answer = await getattr(client, method)(*arguments, filter=["a==1", "b!=2"])
    assert answer == ('{"said":1}' if method == "model_card" else {"said": 1})
    glue = "" if line.endswith("?") else "&"
    assert server.requests[0].line.split()[1] == f"{line}{glue}filter=a%3D%3D1&filter=b%21%3D2"


def test_answers_become_rows() -> None:
    assert rows({"interval": "day", "t": [1, 2], "events": [3, 4]}) == [{"t": 1, "events": 3}, {"t": 2, "events": 4}]
    assert rows({"rows": [{"value": "a"}], "values": 1}) == [{"value": "a"}]
    assert rows({"visitors": 2, "steps": [{"step": "a"}], "groups": []}) == [{"step": "a"}]
    with pytest.raises(ValueError, match="it has visitors"):
        rows({"visitors": 1})
