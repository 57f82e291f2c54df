"""What attackers try over HTTP, endpoint by endpoint, out of the document that describes the API: so that an endpoint
that comes later is attacked as well."""

import asyncio
import re
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from gooddata.ingestion import limits
from gooddata.serving.access import make_link_token
from gooddata.serving.pages import PAGES
from tests.conftest import Processes, new_project
from tests.integration.sent import event

MB = 1_048_576
MARK = "zanzibar"  # stands in everything that project B has
METHODS = ("get", "post", "put", "patch", "delete")
# They take no project, and no key: who may call them is what test_accounts.py is about.
OPEN = {"/api/sign-in", "/api/sign-out", "/api/password", "/api/session"}

INJECTIONS = [
    "x' OR '1'='1",
    "x'; DROP TABLE control.project CASCADE; --",
    "x' UNION SELECT key_hash::text FROM control.key --",
    "\\'; SELECT pg_sleep(9); --",
    '$1 %s {0} ${jndi:x} x"); --',
]
HARMLESS = "x harmless text"
# What makes a text something that the parameter means.
FORMS = {
    "filter": ["page=={}", "source~{}"],
    "step": ["page=={}"],
    "where": ["colour=={}"],
    "anchor": ["page=={}"],
}
USUAL = {
    "dimension": "page", "anchor": "page==/", "event": "Buy", "property": "colour", "task": "conversion", "version": 1,
    "visitor": "v", "token": "t", "step": ["page==/", "event==Buy"],
}  # fmt: skip

# What a schema alone does not tell how to fill.
BODIES = {
    "Rule": {"name": "x", "condition": {"kind": "anomaly", "minutes": 60, "severity": 0.5}},
    "SegmentRule": {"name": "x", "filters": ["page==/"]},
}


class World:
    """Projects A and B behind one server, and who asks: A's read key, an analyst of A alone, an owner."""

    def __init__(self, url: str, a: Any, b: Any) -> None:
        self.url, self.a, self.b = url, a, b
        self.operations: list[tuple[str, str, dict[str, Any]]] = []
        self.schemas: dict[str, Any] = {}
        self.ids: dict[str, str] = {}  # of B, by the names that paths have for them

    def example(self, schema: Any) -> Any:
        """The least that fits a schema."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return BODIES.get(name) or self.example(self.schemas[name])
        for choice in schema.get("oneOf", schema.get("anyOf", [])):
            return self.example(choice)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: self.example(schema["properties"][name]) for name in schema.get("required", [])}
        return {"string": "x", "integer": 1, "number": 0.5, "boolean": True, "array": [], "null": None}[kind]

    def body(self, operation: dict[str, Any]) -> Any:
        content = (operation.get("requestBody") or {}).get("content", {}).get("application/json")
        return self.example(content["schema"]) if content else None

    def path(self, path: str, usual: bool = False) -> str:
        """With the ids of B in it; with others, that nobody has, where it asks for what is usual."""
        return re.sub(r"{(\w+)}", lambda name: self.ids[name[1]] if not usual else str(USUAL[name[1]]), path)

    def required(self, operation: dict[str, Any]) -> dict[str, Any]:
        parameters = [each for each in operation.get("parameters", []) if each["in"] == "query"]
        return {each["name"]: USUAL[each["name"]] for each in parameters if each.get("required")}


def takes_project(operation: dict[str, Any]) -> bool:
    return any(each["name"] == "project" for each in operation.get("parameters", []))


async def signed_in(shared, url, account=None):
    connection = await asyncpg.connect(shared.analytics_dsn)
    token = await make_link_token(connection, account)
    await connection.close()
    browser = httpx.AsyncClient(base_url=url, timeout=60, headers={"X-GoodData": "1"})
    await browser.get("/sign-in", params={"token": token})
    return browser


@pytest.fixture(scope="module")
async def operated(shared, tmp_path_factory):
    """A server that may do everything that servers may."""
    started = Processes(shared, tmp_path_factory.mktemp("attacks"))
    started.environment |= {"GOODDATA_OPERATOR_RAW_DSN": shared.raw_dsn}
    started.environment |= {"GOODDATA_OPERATOR_ANALYTICS_DSN": shared.analytics_dsn}
    yield await started.serve()
    started.end()


@pytest.fixture(scope="module")
async def world(operated, server, shared):
    made = World(operated.url, await new_project(shared), await new_project(shared))
    owner = await signed_in(shared, operated.url)
    about = (await owner.get("/api/openapi.json")).json()
    made.schemas = about["components"]["schemas"]
    made.operations = [
        (method, path, operation)
        for path, methods in about["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    await _fill(made, owner)
    made.owner = owner
    made.analyst = await _analyst(made, owner, shared)
    yield made
    await owner.aclose()
    await made.analyst.aclose()


async def _fill(world, owner):
    """Puts MARK into everything that B has, and waits until it is there."""
    visitor = str(uuid.uuid4())
    page = {"page": {"path": f"/{MARK}", "referrer": f"https://{MARK}.example/"}}
    sent = [
        event(name=f"Buy {MARK}", visitor=visitor, context=page, user=f"user-{MARK}"),
        event(type="page", name=None, visitor=visitor, context=page | {"campaign": {"source": MARK, "name": MARK}}),
        event(name=f"Bad {MARK}", visitor=visitor, timestamp="never"),
    ]
    asked = {"project": world.b.project}

    async def make(path, body):
        answer = await owner.post(path, params=asked, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async with httpx.AsyncClient(base_url=world.url) as client:
        answer = await client.post("/v1/batch", json={"writeKey": world.b.write_key, "batch": sent})
        assert answer.json()["accepted"] == 2
        answer = await client.post("/v1/batch", json={"writeKey": world.a.write_key, "batch": [event()]})
    segment = await make("/api/segments/rules", {"name": f"Segment {MARK}", "filters": [f"page==/{MARK}"]})
    target = {"kind": "email", "name": f"To {MARK}", "target": f"{MARK}@example.com"}
    destination = await make("/api/alerts/destinations", target)
    rule = await make(
        "/api/alerts/rules", {"name": f"Rule {MARK}", "condition": {"kind": "anomaly", "minutes": 60, "severity": 0.5}}
    )
    key = await make("/api/keys", {"name": f"Key {MARK}"})
    assert (await owner.put("/api/rules/goals", params=asked, json={"goals": [f"Buy {MARK}"]})).status_code == 200
    sessions: list[Any] = []
    for _ in range(400):
        sessions = (await owner.get("/api/sessions", params=asked)).json()["sessions"]
        if sessions:
            break
        await asyncio.sleep(0.05)
    accounts = (await owner.get("/api/accounts")).json()["accounts"]
    world.ids = {
        "session_id": sessions[0]["session"], "segment_id": _id(segment, "segment"), "rule_id": _id(rule, "rule"),
        "destination_id": _id(destination, "destination"), "key_id": key["id"],
        "account_id": _id(accounts[0], "account"),
        "task": "conversion", "version": "1",
    }  # fmt: skip
    USUAL.update({name: str(uuid.uuid4()) for name in world.ids if name.endswith("_id")})


def _id(made, name):
    return made.get(name) or made["id"]


async def _analyst(world, owner, shared):
    told = {"email": f"{uuid.uuid4()}@example.com", "role": "analyst", "projects": [world.a.project]}
    made = (await owner.post("/api/accounts", json=told)).json()
    return await signed_in(shared, world.url, uuid.UUID(made["account"]))


async def test_nobody_gets_to_what_is_another_projects(world):
    bearers = {"a": world.a.read_key, "writes": world.b.write_key, "made up": "gr_nobody"}
    askers = {who: httpx.AsyncClient(base_url=world.url, headers={"Authorization": f"Bearer {key}"}, timeout=60)
              for who, key in bearers.items()}  # fmt: skip
    askers |= {"nobody": httpx.AsyncClient(base_url=world.url, timeout=60), "analyst": world.analyst}
    tried = 0
    for method, path, operation in world.operations:
        if path in OPEN or path.startswith("/v1/"):
            continue
        for who, asker in askers.items():
            # B itself; and, where a path names something of B's, as if it were A's.
            projects = (
                {world.b.project, *({world.a.project} if "{" in path else ())} if takes_project(operation) else {None}
            )
            for project in projects:
                asked = world.required(operation) | ({} if project is None else {"project": project})
                at, body = world.path(path), world.body(operation)
                async with asker.stream(method.upper(), at, params=asked, json=body) as answer:
                    place = f"{method} {path} by {who} of {project}: {answer.status_code}"
                    assert answer.status_code in (401, 403, 404), place
                    assert MARK not in (await answer.aread()).decode(), place
                tried += 1
    assert tried > 4 * 50
    for who in ("a", "writes", "made up", "nobody"):
        await askers[who].aclose()
    # Nothing of it is gone, and the owner does see what was looked for.
    for path in ("/api/segments/rules", "/api/alerts", "/api/alerts/destinations", "/api/keys", "/api/rules"):
        answer = await world.owner.get(path, params={"project": world.b.project})
        assert MARK in answer.text, path


async def test_a_key_sees_nothing_of_others_wherever_it_asks(world):
    async with httpx.AsyncClient(
        base_url=world.url, headers={"Authorization": f"Bearer {world.a.read_key}"}, timeout=60
    ) as reader:
        for method, path, operation in world.operations:
            if method == "get" and "stream" not in path:
                for asker in (reader, world.analyst):
                    asked = world.required(operation) | (
                        {"project": world.a.project} if takes_project(operation) else {}
                    )
                    answer = await asker.get(world.path(path), params=asked)
                    assert answer.status_code < 500 and MARK not in answer.text, path


async def test_a_visitors_token_opens_that_visitor_of_that_project_alone(world):
    visitor = str(uuid.uuid4())
    async with httpx.AsyncClient(base_url=world.url, timeout=30) as browser:
        sent = {"writeKey": world.a.write_key, "batch": [event(visitor=visitor)]}
        token = (await browser.post("/v1/batch", json=sent)).json()["token"]
        own = {"visitor": visitor, "token": token, "key": world.a.write_key}
        for path in ("/v1/intelligence", "/v1/recommendations"):
            assert (await browser.get(path, params=own)).status_code == 200
            for wrong in (
                {"key": world.b.write_key}, {"visitor": str(uuid.uuid4())}, {"token": token[:-1]}, {"token": ""},
                {"token": "\ud800".encode(errors="surrogatepass")}, {"key": "gw_nobody"},
            ):  # fmt: skip
                answer = await browser.get(path, params=own | wrong)
                assert answer.status_code == 401, (path, wrong, answer.text)


async def test_no_parameter_is_read_as_sql(world, shared):
    """Whatever stands in it, a question gets the answer that harmless text gets."""
    before = await _rows(shared)
    chance = asyncio.Semaphore(6)
    tried = 0

    async def shape(method, path, asked):
        async with chance:
            answer = await world.owner.get(path, params=asked)
        assert answer.status_code < 500, (path, asked, answer.text)
        is_json = answer.headers["content-type"].startswith("application/json")
        return answer.status_code, _shape(answer.json()) if is_json else None

    async def attack(path, usual, name, form, is_list):
        nonlocal tried
        texts = [form.format(each) for each in (HARMLESS, *INJECTIONS)]
        shapes = [await shape("GET", path, usual | {name: [each] if is_list else each}) for each in texts]
        tried += len(shapes)
        for text, found in zip(texts[1:], shapes[1:], strict=True):
            assert found == shapes[0], (
                f"{path} answers {name}={text!r} otherwise than harmless text: {found} {shapes[0]}"
            )

    attacks = []
    for method, path, operation in world.operations:
        if method != "get" or "stream" in path:
            continue
        usual = world.required(operation) | ({"project": world.a.project} if takes_project(operation) else {})
        for each in operation.get("parameters", []):
            if each["in"] == "query":
                is_list = "array" in str(each["schema"])
                for form in ["{}", *FORMS.get(each["name"], [])]:
                    attacks.append(attack(world.path(path, usual=True), usual, each["name"], form, is_list))
    await asyncio.gather(*attacks)
    print(f"\n{tried} questions with SQL in {len(attacks)} parameters")
    assert tried > 500
    assert await _rows(shared) == before


async def _rows(shared):
    """How many rows each table has that a question has no business to change."""
    found = {}
    for dsn in (shared.raw_dsn, shared.analytics_dsn):
        connection = await asyncpg.connect(dsn)
        for row in await connection.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('control', 'raw') "
            "AND tablename NOT LIKE 'audit%' AND tablename NOT LIKE 'sign_in%' ORDER BY 1"
        ):
            found[dsn, row["name"]] = await connection.fetchval(f"SELECT count(*) FROM {row['name']}")
        await connection.close()
    return found


def _shape(value: Any) -> Any:
    """What an answer is made of, without its texts and numbers: how long its lists are, what is null."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items() if name not in ("message", "lag_ms")}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return type(value).__name__


async def test_every_page_may_run_its_own_scripts_alone_and_stand_in_no_frame(world):
    async with httpx.AsyncClient(base_url=world.url) as browser:
        for page in [
            *PAGES,
            "/sign-in?token=x",
            "/nowhere",
            "/api/nowhere",
            "/api/session",
            "/assets/nothing.js",
            "/healthz",
        ]:
            headers = (await browser.get(page)).headers
            policy = {name: rest for name, _, rest in (part.strip().partition(" ") for part in
                      headers["content-security-policy"].split(";"))}  # fmt: skip
            assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", page
            assert set(policy.get("script-src", "'none'").split()) <= {"'self'", "'none'"}, page
            assert "unsafe" not in headers["content-security-policy"], page
            assert headers["x-content-type-options"] == "nosniff", page
            assert headers["referrer-policy"] in ("same-origin", "no-referrer"), page
        assert (await browser.get("/")).headers["cross-origin-opener-policy"] == "same-origin"
        for path in (
            "/assets/../../../config.py",
            "/assets/%2e%2e/%2e%2e/%2e%2e/config.py",
            "/demo/..%2f..%2f..%2fconfig.py",
        ):
            assert (await browser.get(path)).status_code == 404


async def test_large_bodies_to_the_dashboard_are_bounded_as_events_are(operated):
    """Nobody has to sign in to send them."""

    def resident():
        status = Path(f"/proc/{operated.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    before, writers = resident(), []
    head = b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    try:
        for _ in range(120):
            reader, writer = await asyncio.open_connection("127.0.0.1", operated.port)
            writers.append(writer)
            writer.write(head % (3 * MB) + b"[" * (3 * MB - 1))
            await asyncio.wait([asyncio.create_task(writer.drain())], timeout=0.05)
        await asyncio.sleep(0.5)
        assert resident() - before < limits.BODIES_BYTES + 64 * MB
        async with httpx.AsyncClient(base_url=operated.url) as browser:
            assert (await browser.get("/")).status_code == 200
    finally:
        for writer in writers:
            writer.transport.abort()
    reader, writer = await asyncio.open_connection("127.0.0.1", operated.port)
    writer.write(head % (5 * MB) + b"[" * (4 * MB + 1))
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_no_key_is_on_a_command_line_or_as_it_is_in_a_database(world, shared, operated):
    secrets = [world.a.read_key, world.a.write_key, world.b.read_key]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_text(errors="replace")
        except OSError:
            continue
        assert not any(secret in line for secret in [*secrets, shared.raw_dsn, shared.analytics_dsn]), line
    for dsn in (shared.raw_dsn, shared.analytics_dsn):
        connection = await asyncpg.connect(dsn)
        for table in ("control.key", "control.sign_in", "control.account", "control.project"):
            if await connection.fetchval("SELECT to_regclass($1)", table):
                text = await connection.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
                assert text is None or not any(secret in text for secret in secrets), table
        await connection.close()
