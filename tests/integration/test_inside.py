"""What those who run it see: metrics, traces and log lines of real processes, and who does not see them."""

import asyncio
import http.server
import json
import os
import re
import stat
import threading
import uuid
from contextlib import contextmanager

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from gooddata.inside.catalogue import BY_NAME
from gooddata.serving.access import make_link_token
from tests.conftest import Processes, free_port, fresh_databases, new_project
from tests.integration.workbench import now

TOKEN = "the-token-of-metrics-canary-7d1f"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class Seen:
    """Processes whose lines go to files, the server they are seen through, and the spans that they have sent."""

    def __init__(self, databases, project, server, folder, spans, listener_port):
        self.databases, self.project, self.server, self.folder = databases, project, server, folder
        self.spans, self.listener_port = spans, listener_port

    async def metrics(self, url=None, token=TOKEN):
        async with httpx.AsyncClient() as client:
            answer = await client.get(url or f"{self.server.url}/metrics", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.text

    async def value(self, name, **labels):
        return values(await self.metrics()).get((name, frozenset(labels.items())))

    async def until(self, name, wanted, **labels):
        for _ in range(300):
            if await self.value(name, **labels) == wanted:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{name} {labels} is {await self.value(name, **labels)}, not {wanted}")

    async def send(self, events, **headers):
        async with httpx.AsyncClient() as client:
            body = {"writeKey": self.project.write_key, "batch": events}
            return await client.post(f"{self.server.url}/v1/batch", json=body, headers=headers)

    def written(self):
        return {file.name: file.read_text() for file in self.folder.glob("*.log")}


def values(text):
    """Every sample, by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def traces_of(span):
    """The trace of a span, and, where it is one of a round, those that it is linked to."""
    linked = [link.trace_id.hex() for link in span.links] if span.name == "worker round" else []
    return [span.trace_id.hex(), *linked]


def page(visitor, **fields):
    return {"type": "page", "name": "Shoes", "visitor": visitor, "id": str(uuid.uuid4()), "timestamp": now()} | fields


@contextmanager
def collector():
    """An OTLP receiver: the spans that came, and where it listens."""
    spans = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            came = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            for resource in came.resource_spans:
                told = {each.key: each.value.string_value for each in resource.resource.attributes}
                spans.extend((told, span) for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield spans, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
async def seen(postgres, template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("seen")
    sockets = folder / "sockets"
    sockets.mkdir()
    port = free_port()
    with collector() as (spans, endpoint):
        async with fresh_databases(postgres) as databases:
            processes = Logged(databases, folder / "data", folder)
            processes.environment |= {
                "GOODDATA_METRICS_TOKEN": TOKEN,
                "GOODDATA_LOG_FORMAT": "json",
                "GOODDATA_LOG_REQUESTS": "all",
                "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
                "OTEL_BSP_SCHEDULE_DELAY": "100",
            }
            project = await new_project(databases)
            processes.start("work", "--metrics-listen", f"unix:{sockets / 'work'}")
            # Another one, that tells its numbers over TCP.
            processes.start("retention", "apply", "--watch", "--metrics-listen", f"127.0.0.1:{port}")
            processes.environment["GOODDATA_METRICS_OF"] = str(sockets)
            server = await processes.serve()
            await listens(port)
            yield Seen(databases, project, server, folder, spans, port)
            processes.end()


async def listens(port):
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the listener does not come")


class Logged(Processes):
    """Processes that write to files, one each."""

    def __init__(self, databases, data, folder):
        super().__init__(databases, data)
        self.folder = folder

    def start(self, *arguments):
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            descriptors = os.dup(1), os.dup(2)
            try:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                return super().start(*arguments)
            finally:
                for number, kept in enumerate(descriptors, 1):
                    os.dup2(kept, number)
                    os.close(kept)


async def test_what_is_counted_is_what_the_ledger_has(seen: Seen):
    before = values(await seen.metrics())
    events = [page(str(uuid.uuid4())) for _ in range(5)]
    assert (await seen.send([*events, {"type": "page"}])).json()["accepted"] == 5
    assert (await seen.send(events)).json()["duplicate"] == 5
    async with httpx.AsyncClient() as client:
        headers = {"authorization": f"Bearer {seen.project.read_key}"}
        ledger = (await client.get(f"{seen.server.url}/api/ledger", headers=headers)).json()
    after = values(await seen.metrics())

    def told(name, **labels):
        key = (name, frozenset({"process": "serve", **labels}.items()))
        return after[key] - before.get(key, 0)

    assert told("gooddata_events_total", outcome="stored", reason="") == ledger["stored"] == 5
    assert told("gooddata_events_total", outcome="duplicate", reason="") == ledger["duplicate"] == 5
    [(reason, rejected)] = ledger["rejected"].items()
    assert told("gooddata_events_total", outcome="rejected", reason=reason) == rejected == 1
    assert told("gooddata_http_requests_total", route="/v1/batch", method="POST", status="200") == 2
    assert told("gooddata_http_request_seconds_count", route="/v1/batch") == 2
    assert told("gooddata_commit_events_sum") == 10
    assert 1 <= told("gooddata_batches_stored_total") <= 4
    await seen.until("gooddata_worker_events_total", 5, process="work")
    for partition in "0123":
        await seen.until("gooddata_partition_lag_batches", 0, process="serve", partition=partition)


async def test_every_metric_that_is_told_is_one_of_the_catalogue_and_has_its_labels(seen: Seen):
    apart = await seen.metrics(f"http://127.0.0.1:{seen.listener_port}/metrics")
    processes = set()
    for family in (*text_string_to_metric_families(await seen.metrics()), *text_string_to_metric_families(apart)):
        metric = BY_NAME.get(family.name) or BY_NAME[f"{family.name}_total"]
        assert family.type == metric.kind, family.name
        assert family.documentation == metric.meaning
        for sample in family.samples:
            processes.add(sample.labels["process"])
            assert set(sample.labels) - {"le"} == {"process", *metric.labels}, sample
    assert processes == {"serve", "work", "retention"}


async def test_a_neighbour_that_does_not_answer_is_told_as_such(seen: Seen):
    gone = seen.folder / "sockets" / "gone"
    server = await asyncio.start_unix_server(lambda *_: None, gone)
    server.close()
    await server.wait_closed()
    if not gone.exists():  # newer Pythons remove it with the server
        import socket

        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(gone))
    try:
        assert await seen.value("gooddata_process_answers", process="gone") == 0
        assert await seen.value("gooddata_process_answers", process="work") == 1
    finally:
        gone.unlink()


async def test_routes_that_nobody_knows_and_keys_in_paths_become_no_labels(seen: Seen):
    async with httpx.AsyncClient() as client:
        for number in range(20):
            await client.get(f"{seen.server.url}/nothing/{number}")
            await client.get(f"{seen.server.url}/array/{seen.project.write_key}/config?n={number}")
            await client.request("PROPFIND", f"{seen.server.url}/v1/batch")
            await client.get(f"{seen.server.url}/api/sessions/{uuid.uuid4()}")
    text = await seen.metrics()
    assert seen.project.write_key not in text
    assert "/nothing" not in text
    routes = {dict(labels).get("route") for _, labels in values(text)} - {None}
    assert {"other", "/v1/batch", "/metrics"} <= routes
    assert len(routes) < 20


ATTACKS = (
    {},
    {"authorization": "Bearer"},
    {"authorization": "Bearer =="},
    {"authorization": f"Bearer {TOKEN[:-1]}"},
    {"authorization": f"Bearer {TOKEN}x"},
    {"authorization": f"Basic {TOKEN}"},
    {"authorization": TOKEN},
    {"authorization": "Bearer None"},
    {"x-forwarded-for": "127.0.0.1"},
    {"forwarded": "for=127.0.0.1;host=localhost"},
    {"x-real-ip": "127.0.0.1", "host": "localhost"},
    {"cookie": f"token={TOKEN}"},
    {"x-metrics-token": TOKEN},
)


@pytest.mark.parametrize("path", ["/metrics", "/metrics?token=" + TOKEN, "/metrics?"])
@pytest.mark.parametrize("of", ["door", "listener"])
async def test_metrics_are_closed_to_whoever_has_no_token(seen: Seen, path, of):
    url = seen.server.url if of == "door" else f"http://127.0.0.1:{seen.listener_port}"
    keys = ({"authorization": f"Bearer {key}"} for key in (seen.project.read_key, seen.project.write_key))
    async with httpx.AsyncClient() as client:
        for headers in (*ATTACKS, *keys):
            for method in ("GET", "POST", "HEAD"):
                answer = await client.request(method, url + path, headers=headers)
                assert answer.status_code == 401, (headers, method)
                assert "gooddata_" not in answer.text


async def test_no_other_way_of_writing_the_path_opens_it(seen: Seen):
    async with httpx.AsyncClient() as client:
        for path in (
            "//metrics",
            "/metrics/",
            "/METRICS",
            "/%6detrics",
            "/./metrics",
            "/api/../metrics",
            "/metrics%00",
        ):
            answer = await client.get(seen.server.url + path)
            assert "gooddata_http" not in answer.text, path


async def test_a_socket_is_open_to_its_account_alone(seen: Seen):
    assert stat.S_IMODE((seen.folder / "sockets" / "work").stat().st_mode) == 0o600


async def test_a_listener_is_not_held_by_who_says_nothing(seen: Seen):
    """Whoever opens connections and sends no request, or one without end, gets none of its memory."""
    silent = [await asyncio.open_connection("127.0.0.1", seen.listener_port) for _ in range(10)]
    reader, writer = await asyncio.open_connection("127.0.0.1", seen.listener_port)
    writer.write(b"GET /metrics HTTP/1.1\r\nx: " + b"x" * 20_000)
    assert b"431" in await asyncio.wait_for(reader.read(200), 10)
    assert "gooddata_info" in await seen.metrics(f"http://127.0.0.1:{seen.listener_port}/metrics")
    for _, each in (*silent, (reader, writer)):
        each.close()


async def test_one_trace_goes_from_the_post_to_the_score(seen: Seen):
    before = await seen.value("gooddata_worker_events_total", process="work")
    answer = await seen.send([page(str(uuid.uuid4()))], traceparent=f"00-{TRACE}-{PARENT}-01")
    assert answer.json()["accepted"] == 1
    await seen.until("gooddata_worker_events_total", before + 1, process="work")
    wanted = {"POST /v1/batch", "append to the log", "apply", "score", "publish", "worker round"}
    of = {}
    for _ in range(100):
        of = {span.name: (resource, span) for resource, span in [*seen.spans] if TRACE in traces_of(span)}
        if wanted <= of.keys():
            break
        await asyncio.sleep(0.1)
    assert wanted == of.keys()
    ids = {name: span.span_id.hex() for name, (_, span) in of.items()}
    parents = {name: span.parent_span_id.hex() for name, (_, span) in of.items()}
    for name in wanted - {"worker round"}:
        assert of[name][1].trace_id.hex() == TRACE, name
    assert parents["POST /v1/batch"] == PARENT
    assert parents["append to the log"] == parents["apply"] == ids["POST /v1/batch"]
    assert parents["score"] == parents["publish"] == ids["apply"]
    round_ = of["worker round"][1]
    assert TRACE in [link.trace_id.hex() for link in round_.links]
    assert [link.trace_id for link in of["apply"][1].links] == [round_.trace_id]
    assert of["apply"][0]["gooddata.process"] == "work"
    assert of["POST /v1/batch"][0]["gooddata.process"] == "serve"
    assert of["POST /v1/batch"][0]["service.name"] == "gooddata"
    request, score = of["POST /v1/batch"][1], of["score"][1]
    assert request.start_time_unix_nano < of["append to the log"][1].start_time_unix_nano < score.start_time_unix_nano
    told = {each.key: each.value for each in request.attributes}
    assert told["gooddata.request_id"].string_value == answer.headers["x-request-id"]


async def test_who_says_not_to_is_not_traced_and_what_is_no_traceparent_begins_a_trace_of_its_own(seen: Seen):
    unsampled, whole = "1" * 32, "2" * 32
    assert (await seen.send([page(str(uuid.uuid4()))], traceparent=f"00-{unsampled}-{PARENT}-00")).status_code == 200
    wrong = [f"00-{whole}-{PARENT}", f"00-{'0' * 32}-{PARENT}-01", f"ff-{whole}-{PARENT}-01", "'; DROP", "ff" * 40]
    ids = set()
    for parent in wrong:
        answer = await seen.send([page(str(uuid.uuid4()))], traceparent=parent)
        assert answer.status_code == 200
        ids.add(answer.headers["x-request-id"])
    found = {}
    for _ in range(100):
        told = [({each.key: each.value.string_value for each in span.attributes}, span) for _, span in [*seen.spans]]
        found = {each["gooddata.request_id"]: span for each, span in told if each.get("gooddata.request_id") in ids}
        if found.keys() == ids:
            break
        await asyncio.sleep(0.1)
    assert found.keys() == ids
    assert len({span.trace_id for span in found.values()}) == len(wrong)
    assert not any(span.parent_span_id for span in found.values())
    assert not {unsampled, whole} & {trace for _, span in [*seen.spans] for trace in traces_of(span)}


async def test_where_traces_are_off_nothing_of_them_is_stored(server, shop, shared):
    import asyncpg

    body = {"writeKey": shop.write_key, "batch": [page(str(uuid.uuid4()))]}
    async with httpx.AsyncClient() as client:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        assert (await client.post(f"{server.url}/v1/batch", json=body, headers=headers)).json()["accepted"] == 1
    raw = await asyncpg.connect(shared.raw_dsn)
    bodies = await raw.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM raw.batch WHERE position($1 in convert_from(body, 'UTF8')) > 0",
        shop.project,
    )
    await raw.close()
    assert len(bodies) == 1
    assert "trace" not in bodies[0]["body"]


async def test_a_request_has_one_id_in_the_answer_the_error_and_the_log(seen: Seen):
    own = f"checkout-{uuid.uuid4()}"
    refused = await seen.send("no list", **{"x-request-id": own})
    assert refused.status_code == 400
    assert refused.headers["x-request-id"] == refused.json()["error"]["request_id"] == own
    async with httpx.AsyncClient() as client:
        missing = await client.get(f"{seen.server.url}/api/overview", headers={"x-request-id": own + "-2"})
        assert missing.status_code == 401
        assert missing.headers["x-request-id"] == missing.json()["error"]["request_id"] == own + "-2"
        made = [(await client.get(f"{seen.server.url}/healthz")).headers["x-request-id"] for _ in range(3)]
        for wrong in ("a b", "x" * 129, "<script>", "é".encode(), "", "a\tb"):
            answer = await client.get(f"{seen.server.url}/healthz", headers={"x-request-id": wrong})
            made.append(answer.headers["x-request-id"])
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]+", each) for each in made)
    lines = [json.loads(line) for line in seen.written()["serve.log"].splitlines()]
    [line] = [line for line in lines if line.get("request_id") == own]
    assert (line["route"], line["method"], line["status"], line["level"]) == ("/v1/batch", "POST", 400, "info")
    assert line["ms"] >= 0
    [other] = [line for line in lines if line.get("request_id") == own + "-2"]
    assert (other["route"], other["status"]) == ("/api/overview", 401)


async def test_no_log_line_holds_a_secret_or_a_person(seen: Seen):
    """Canaries go in by every way there is; then everything that every process wrote is searched."""
    mail, password = "canary.log@example.org", "canary-password-91c2"
    key = "gr_canary0000000000000000000000000"
    visitor = f"canary-visitor-{uuid.uuid4()}"
    import asyncpg

    analytics = await asyncpg.connect(seen.databases.analytics_dsn)
    link = await make_link_token(analytics)
    await analytics.close()
    async with httpx.AsyncClient() as client:
        url = seen.server.url
        await client.get(f"{url}/api/overview?email={mail}", headers={"authorization": f"Bearer {key}"})
        await client.get(f"{url}/{mail}?password={password}")
        await client.post(f"{url}/api/sign-in", json={"email": mail, "password": password})
        await client.get(f"{url}/sign-in?token={link}")
        await client.get(f"{url}/v1/intelligence", params={"visitor": visitor, "token": password, "key": key})
        await client.post(f"{url}/v1/batch", content=b'{"batch": ["' + mail.encode() + b'"')
        await client.get(f"{url}/healthz", headers={"x-request-id": mail})
    names = [{"name": mail}, {"properties": {"email": mail, "price": "NaN"}}, {"context": {"page": {"path": mail}}}]
    assert (await seen.send([page(visitor, user=mail, **each) for each in names])).status_code == 200
    wrong = dict(os.environ, GOODDATA_LOG_FORMAT="json")
    dsn = f"postgresql://me:{password}@127.0.0.1:{free_port()}/none"
    wrong |= {"GOODDATA_RAW_DSN": dsn, "GOODDATA_ANALYTICS_DSN": dsn, "GOODDATA_DATA": str(seen.folder / "wrong")}
    import sys

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gooddata", "serve", "--port", str(free_port()), env=wrong,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode != 0
    [line] = said.decode().splitlines()
    assert "database does not answer" in json.loads(line)["message"]
    await seen.until("gooddata_partition_lag_batches", 0, process="serve", partition="0")
    written = seen.written() | {"wrong": said.decode()}
    assert len([line for line in written["serve.log"].splitlines() if line]) > 10
    secrets = [mail, password, key, visitor, link, TOKEN, seen.project.write_key, seen.project.read_key]
    secrets += [seen.databases.raw_dsn, seen.databases.raw_dsn.split(":")[2].split("@")[0]]
    for name, text in written.items():
        for line in text.splitlines():
            assert set(json.loads(line)) >= {"time", "level", "process", "logger", "message"}
        for secret in secrets:
            assert secret not in text, (name, secret)
