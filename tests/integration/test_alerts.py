"""Alerts on a real database, to a real HTTP server and a real mail server."""

import asyncio
import json
import ssl
import subprocess
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from gooddata.serving.access import Access, make_link_token
from gooddata.serving.alerts import destinations, mail, outbox, rules
from gooddata.serving.alerts.condition import OfAnomaly, OfHealth, OfMetric
from gooddata.serving.alerts.destinations import Destination
from gooddata.serving.alerts.outbox import AlertMeans
from gooddata.serving.alerts.rules import Rule
from gooddata.serving.alerts.watch import look
from gooddata.serving.alerts.webhook import post, signature, signing_key
from gooddata.serving.store import Store
from tests.conftest import Databases, as_admin, free_port, new_project

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MEANS = AlertMeans(b"secret", None, True)
FEW = OfMetric("sessions", 60, "below", 10)


class Receiver:
    """An HTTP server that answers the statuses it was given, then 204, and keeps what came."""

    def __init__(self, *statuses, host="127.0.0.1", location=None):
        self.statuses, self.came = list(statuses), []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.came.append((self.path, dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Content-Length", "0")
                if location:
                    self.send_header("Location", location)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            address_family = 10 if ":" in host else 2

        self.server = Server((host, 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://{'[::1]' if ':' in host else host}:{self.port}/hook?to=ops"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def messages(self):
        return [json.loads(body) for _, _, body in self.came]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


class Bench:
    """A project with one webhook; `minute` looks at its rules at a minute of an artificial day, and delivers."""

    def __init__(self, databases, store, project):
        self.databases, self.store, self.project = databases, store, project.project
        self.pool = store.analytics
        self.to = None

    async def hook(self, receiver, name="#ops"):
        self.to = await destinations.add(self.pool, self.project, Destination(name, "webhook", receiver.url), True)
        return self.to

    async def rule(self, name="few", condition=FEW, **fields):
        asked = Rule(name, condition, [self.to], **{"looks": 2, "quiet_minutes": 5} | fields)
        return await rules.put_rule(self.pool, self.project, asked)

    async def minute(self, number):
        at = NOON + number * MINUTE
        await look(self.store, at)
        await outbox.deliver_due(self.pool, MEANS, "webhook", at)

    async def counted(self, number, sessions, **more):
        """So many sessions in the minute `number`."""
        owner = await asyncpg.connect(self.databases.analytics_dsn)
        values = {"sessions": sessions, "events": sessions} | more
        await owner.execute(
            f"""INSERT INTO analytics.rollup_minute (project_id, minute, dimension, value, {", ".join(values)})
                VALUES ($1, $2, '', '', {", ".join(f"{value:f}" for value in values.values())})""",
            self.project,
            NOON + number * MINUTE,
        )
        await owner.close()

    async def state(self):
        return {rule["name"]: rule for rule in await rules.list_rules(self.pool, self.project)}

    async def log(self):
        return await destinations.deliveries(self.pool, self.project, 500)


@pytest.fixture(scope="module")
async def ground(postgres, template):
    """Databases where nobody else looks at rules."""
    kinds = ("raw", "analytics")
    await as_admin(postgres, *(f"CREATE DATABASE alerts_{kind} TEMPLATE template_{kind}" for kind in kinds))
    made = Databases(postgres.dsn("alerts_raw"), postgres.dsn("alerts_analytics"))
    owner = await asyncpg.connect(made.analytics_dsn)
    await owner.execute("SELECT analytics.make_room($1, $2)", NOON - timedelta(days=8), NOON + timedelta(days=1))
    await owner.close()
    store = await Store.open(made.raw_dsn, made.analytics_dsn)
    yield made, store
    await store.close()
    await as_admin(postgres, *(f"DROP DATABASE alerts_{kind} WITH (FORCE)" for kind in kinds))


@pytest.fixture
async def bench(ground):
    made = Bench(*ground, await new_project(ground[0]))
    yield made
    owner = await asyncpg.connect(made.databases.analytics_dsn)
    await owner.execute("DELETE FROM control.project")
    await owner.close()


async def test_it_fires_once_and_is_over_once(bench, receiver):
    await bench.hook(receiver)
    await bench.rule()
    await bench.minute(0)
    assert receiver.came == [], "it is to hold for two looks"
    for number in range(1, 8):
        await bench.minute(number)
    [fired] = receiver.messages
    assert (fired["project"], fired["firing"], fired["resolved"], fired["test"]) == (bench.project, 1, 0, False)
    [alert] = fired["alerts"]
    assert (alert["name"], alert["state"], alert["observed"]) == ("few", "firing", 0)
    assert alert["condition"] == "sessions fall below 10 in 1 hour"
    assert (await bench.state())["few"]["state"] == "firing"

    await bench.counted(8, 10)
    for number in range(8, 14):
        await bench.minute(number)
    assert [(message["firing"], message["resolved"]) for message in receiver.messages] == [(1, 0), (0, 1)]
    assert receiver.messages[1]["alerts"][0]["observed"] == 10
    assert (await bench.state())["few"]["state"] == "quiet"
    assert len({message["delivery"] for message in receiver.messages}) == 2
    assert [entry["state"] for entry in await bench.log()] == ["delivered", "delivered"]


def documented(language):
    return (Path(__file__).parents[2] / "docs/alerts.md").read_text().split(f"```{language}\n")[1].split("```")[0]


async def test_a_message_is_signed_as_documented_for_python_and_node(bench, receiver):
    to = await bench.hook(receiver)
    await bench.rule(looks=1)
    await bench.minute(0)
    [(path, headers, body)] = receiver.came
    assert path == "/hook?to=ops"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["X-GoodData-Delivery"] == json.loads(body)["delivery"]
    key, header = signing_key(MEANS.secret, to, 1), headers["X-GoodData-Signature"]
    old = signature(key, int(time.time()) - 301, body)
    cases = [(key, header, body), (key, header, body + b" "), (key + "x", header, body), (key, old, body)]

    python = {}
    exec(documented("python"), python)
    assert [python["is_from_gooddata"](*case) for case in cases] == [True, False, False, False]
    script = (
        documented("javascript")
        + """
        const cases = JSON.parse(require("node:fs").readFileSync(0));
        console.log(JSON.stringify(cases.map(([key, header, body]) => isFromGoodData(key, header, body))));"""
    )
    asked = json.dumps([(key, header, body.decode()) for key, header, body in cases])
    node = subprocess.run(["node", "-e", script], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(node.stdout) == [True, False, False, False]


async def test_it_is_tried_again_until_taken_also_by_a_process_started_meanwhile(bench, receiver):
    receiver.statuses = [500, 503]
    await bench.hook(receiver)
    await bench.rule(looks=1)
    await bench.minute(0)
    [entry] = await bench.log()
    assert (entry["state"], entry["attempts"], entry["answer"]) == ("waiting", 1, "HTTP 500")
    await outbox.deliver_due(bench.pool, MEANS, "webhook", NOON + timedelta(seconds=1))
    assert len(receiver.came) == 1, "it waits"

    again = await Store.open(bench.databases.raw_dsn, bench.databases.analytics_dsn)
    try:
        for seconds in (11, 40):
            await outbox.deliver_due(again.analytics, MEANS, "webhook", NOON + timedelta(seconds=seconds))
    finally:
        await again.close()
    assert len(receiver.came) == 3
    assert len({body for _, _, body in receiver.came}) == 1, "each attempt says the same"
    [entry] = await bench.log()
    assert (entry["state"], entry["attempts"], entry["answer"]) == ("delivered", 3, "HTTP 204")


async def test_attempts_end(bench, receiver):
    receiver.statuses = [500] * 50
    await bench.hook(receiver)
    await bench.rule(looks=1)
    await look(bench.store, NOON)
    for number in range(20):
        await outbox.deliver_due(bench.pool, MEANS, "webhook", NOON + number * timedelta(hours=1))
    assert len(receiver.came) == outbox.MOST_ATTEMPTS
    [entry] = await bench.log()
    assert (entry["state"], entry["attempts"]) == ("failed", outbox.MOST_ATTEMPTS)
    await outbox.forget(bench.pool, datetime.now(UTC) + timedelta(days=31))
    assert await bench.log() == []


async def test_a_process_that_ended_in_the_middle_of_it_is_stood_in_for(bench, receiver):
    await bench.hook(receiver)
    await bench.rule(looks=1)
    await look(bench.store, NOON)
    ended = uuid.uuid4()
    await bench.pool.fetch(outbox._CLAIM, ended, 10, NOON, NOON + outbox.CLAIM, "webhook")
    await outbox.deliver_due(bench.pool, MEANS, "webhook", NOON + outbox.CLAIM - timedelta(seconds=1))
    assert receiver.came == []
    await outbox.deliver_due(bench.pool, MEANS, "webhook", NOON + outbox.CLAIM)
    assert len(receiver.came) == 1
    [entry] = await bench.log()
    late = (entry["delivery"], ended, "waiting", "late", NOON, NOON)
    await bench.pool.execute(outbox._SETTLE, *late)
    assert (await bench.log())[0]["state"] == "delivered", "who lost the claim has no say"


async def test_a_storm_of_fifty_rules_is_one_message(bench, receiver):
    await bench.hook(receiver)
    for number in range(50):
        await bench.rule(f"rule {number}", OfMetric("events", 1 + number, "below", 5))
    for number in range(10):
        await bench.minute(number)
    [message] = receiver.messages
    assert (message["firing"], len(message["alerts"])) == (50, 50)
    assert message["text"].count("FIRING") == 50


async def test_two_processes_look_once_and_send_once(bench, receiver):
    await bench.hook(receiver)
    await bench.rule(looks=2)
    stores = [await Store.open(bench.databases.raw_dsn, bench.databases.analytics_dsn) for _ in range(3)]
    try:
        looked = await asyncio.gather(*(look(store, NOON) for store in stores for _ in range(3)))
        assert sum(looked) == 1, "nine looks in one minute are one"
        await asyncio.gather(*(look(store, NOON + MINUTE) for store in stores for _ in range(3)))
        at = NOON + MINUTE
        await asyncio.gather(
            *(outbox.deliver_due(store.analytics, MEANS, "webhook", at) for store in stores for _ in range(3))
        )
    finally:
        for store in stores:
            await store.close()
    assert len(receiver.came) == 1


async def test_a_change_is_judged_against_the_window_before_and_the_week_before(bench, receiver):
    await bench.hook(receiver)
    await bench.rule("week", OfMetric("revenue", 60, "below", 50, "week"), looks=1)
    await bench.rule("before", OfMetric("sessions", 60, "above", 50, "before"), looks=1)
    await bench.rule("nothing", OfMetric("conversions", 60, "above", 50, "before"), looks=1)
    await bench.counted(-7 * 1440 - 30, 1, revenue=100)
    await bench.counted(-90, 10)
    await bench.counted(-30, 16, revenue=40)
    await bench.minute(0)
    state = await bench.state()
    assert {name: (rule["state"], rule["observed"]) for name, rule in state.items()} == {
        "week": ("firing", -60),
        "before": ("firing", pytest.approx(60)),
        "nothing": ("unknown", None),
    }
    assert "no conversions to compare with" in state["nothing"]["note"]


async def test_visitors_are_counted_as_the_overview_counts_them(bench, receiver):
    await bench.hook(receiver)
    await bench.rule("people", OfMetric("visitors", 60, "above", 1), looks=1)
    owner = await asyncpg.connect(bench.databases.analytics_dsn)
    anna, ben = uuid.uuid4(), uuid.uuid4()
    for visitor in (anna, ben, ben):
        await owner.execute(
            """INSERT INTO analytics.event (project_id, event_id, visitor, session_id, timestamp, type)
               VALUES ($1, gen_random_uuid(), $2, $2, $3, 'page')""",
            bench.project,
            visitor,
            NOON - 10 * MINUTE,
        )
        await owner.execute(
            """INSERT INTO analytics.session
                   (project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals)
               VALUES ($1, $2, $2, $3, $3, 1, 1, 0, 0) ON CONFLICT DO NOTHING""",
            bench.project,
            visitor,
            NOON - 10 * MINUTE,
        )
    await owner.execute(
        "INSERT INTO analytics.unique_due (project_id, hour) VALUES ($1, $2)", bench.project, NOON - 60 * MINUTE
    )
    await owner.close()
    await bench.minute(0)
    assert (await bench.state())["people"]["observed"] == 2


async def test_anomalies_of_enough_severity_are_told(bench, receiver):
    await bench.hook(receiver)
    await bench.rule("grave", OfAnomaly(60, 0.8), looks=1)
    await bench.rule("other", OfAnomaly(60, 0.0, "errors"), looks=1)
    owner = await asyncpg.connect(bench.databases.analytics_dsn)
    for score in (0.7, 0.9):
        await owner.execute(
            """INSERT INTO analytics.anomaly (project_id, metric, dimension, value, bucket, step, observed, low, high,
                                              score, detected_at)
               VALUES ($1, 'sessions', 'page', $2, $3, '5 minutes', 1, 2, 3, $4, $5)""",
            bench.project,
            str(score),
            NOON - 20 * MINUTE,
            score,
            NOON - 10 * MINUTE,
        )
    await owner.close()
    await bench.minute(0)
    assert {name: rule["observed"] for name, rule in (await bench.state()).items()} == {"grave": 1, "other": 0}
    assert [each["name"] for each in receiver.messages[0]["alerts"]] == ["grave"]


async def test_the_health_of_the_pipeline_is_told(bench, receiver):
    await bench.hook(receiver)
    await bench.rule("slow", OfHealth("lag", value=30), looks=1)
    await bench.rule("bad", OfHealth("rejected", 60, 10), looks=1)
    await bench.rule("silent", OfHealth("silence", 30), looks=1)
    await bench.rule("few", FEW, looks=1)
    owner = await asyncpg.connect(bench.databases.raw_dsn)
    await owner.executemany(
        "INSERT INTO raw.ledger (project_id, hour, outcome, reason, events) VALUES ($1, $2, $3, 'x', $4)",
        [
            (bench.project, NOON, "stored", 80),
            (bench.project, NOON, "rejected", 20),
            (bench.project, NOON - 180 * MINUTE, "rejected", 900),
        ],
    )
    await bench.minute(0)
    now = {name: (rule["state"], rule["observed"]) for name, rule in (await bench.state()).items()}
    assert now == {"slow": ("quiet", 0), "bad": ("firing", 20), "silent": ("firing", 0), "few": ("firing", 0)}

    # A batch that nobody has applied for two hours: what is counted from events cannot be judged now.
    await owner.execute(
        """INSERT INTO raw.batch (partition, seq, received_at, events, fingerprints, visitors, body)
           VALUES (0, 1, now() - interval '2 hours', 1, '', '{}', '')"""
    )
    await bench.minute(1)
    state = await bench.state()
    assert state["slow"]["state"] == "firing" and state["slow"]["observed"] > 7_000
    for name in ("silent", "few"):
        assert state[name]["observed"] is None and "behind" in state[name]["note"]
    await owner.execute("DELETE FROM raw.batch")
    await owner.close()


async def test_a_paused_rule_and_one_without_a_destination_say_nothing(bench, receiver):
    to = await bench.hook(receiver)
    await bench.rule("paused", enabled=False)
    await rules.put_rule(bench.pool, bench.project, Rule("mute", FEW, [], looks=1))
    for number in range(3):
        await bench.minute(number)
    assert {name: rule["state"] for name, rule in (await bench.state()).items()} == {
        "paused": "paused",
        "mute": "firing",
    }
    await bench.rule("late", looks=1)
    await look(bench.store, NOON + 3 * MINUTE)
    await destinations.remove(bench.pool, bench.project, to)
    await outbox.deliver_due(bench.pool, MEANS, "webhook", NOON + 3 * MINUTE)
    assert receiver.came == []
    assert [entry["answer"] for entry in await bench.log()] == ["the destination was removed"]
    assert (await bench.state())["late"]["destinations"] == []


async def test_limits_of_a_project_hold(bench, receiver, monkeypatch):
    await bench.hook(receiver)
    monkeypatch.setattr(rules, "MOST_RULES", 2)
    monkeypatch.setattr(destinations, "MOST_DESTINATIONS", 1)
    kept = await bench.rule("one")
    await bench.rule("two")
    with pytest.raises(Exception, match="2 rules at most"):
        await bench.rule("three")
    with pytest.raises(Exception, match="1 destinations at most"):
        await bench.hook(receiver, "#more")
    changed = Rule("uno", FEW, [bench.to])
    assert await rules.put_rule(bench.pool, bench.project, changed, kept) == kept, "changing is no third"
    with pytest.raises(Exception, match="already"):
        await rules.put_rule(bench.pool, bench.project, Rule("two", FEW), kept)
    assert await rules.put_rule(bench.pool, bench.project, changed, uuid.uuid4()) is None


async def test_no_redirect_is_followed_and_no_private_name_reached():
    inner = Receiver()
    outer = Receiver(302, 307, location=inner.url)
    try:
        for _ in range(2):
            answer = await post(outer.url, "key", uuid.uuid4(), b"{}", private=True)
            assert (answer.delivered, answer.final) == (False, True) and "redirects are not followed" in answer.text
        assert inner.came == [] and len(outer.came) == 2
        for url in (inner.url, f"http://localhost:{inner.port}/", f"http://2130706433:{inner.port}/"):
            answer = await post(url, "key", uuid.uuid4(), b"{}", private=False)
            assert (answer.delivered, answer.final) == (False, True) and "not a public address" in answer.text
        assert inner.came == []
    finally:
        inner.close()
        outer.close()


async def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch):
    """A name that answers a public address when checked, and this machine the next time, leads nowhere."""
    inner, asked = Receiver(), []

    async def rebinding(host, port, **_):
        asked.append(host)
        address = "203.0.113.1" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding, raising=False)
    monkeypatch.setattr("gooddata.serving.alerts.address.is_public", lambda address: address == "203.0.113.1")
    monkeypatch.setattr("gooddata.serving.alerts.webhook.SECONDS", 0.3)
    try:
        answer = await post(f"http://rebound.example:{inner.port}/", "key", uuid.uuid4(), b"{}", private=False)
        assert not answer.delivered
        assert inner.came == []
    finally:
        inner.close()


async def test_a_webhook_on_ipv6_gets_its_name_as_host():
    inner = Receiver(host="::1")
    try:
        answer = await post(inner.url, "key", uuid.uuid4(), b"{}", private=True)
        assert answer.delivered
        assert inner.came[0][1]["Host"] == f"[::1]:{inner.port}"
    finally:
        inner.close()


async def test_a_certificate_is_held_against_the_name_and_not_the_address(certificate):
    inner = Receiver()
    inner.server.socket = certificate[0].wrap_socket(inner.server.socket, server_side=True)
    trust = ssl.create_default_context(cafile=certificate[1])
    try:
        at = f"https://localhost:{inner.port}/hook"
        assert (await post(at, "key", uuid.uuid4(), b"{}", True, trust)).delivered
        assert inner.came[0][1]["Host"] == f"localhost:{inner.port}"
        by_address = await post(f"https://127.0.0.1:{inner.port}/hook", "key", uuid.uuid4(), b"{}", True, trust)
        untrusted = await post(at, "key", uuid.uuid4(), b"{}", True)
        for answer in (by_address, untrusted):
            assert not answer.delivered and "certificate verify failed" in answer.text
        assert len(inner.came) == 1
    finally:
        inner.close()


class Mailbox:
    def __init__(self):
        self.came = []

    async def handle_DATA(self, server, session, envelope):
        self.came.append((session.ssl is not None, envelope))
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key", "-out", folder / "cert"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context, folder / "cert"


@pytest.fixture
def smtp(certificate):
    """A mail server that takes mail from ann, after STARTTLS only."""
    mailbox = Mailbox()

    def allow(server, session, envelope, mechanism, given):
        return AuthResult(success=given.login == b"ann" and given.password == b"p/w", handled=False)

    class Secure(Controller):
        def factory(self):
            return SMTP(
                self.handler,
                tls_context=certificate[0],
                require_starttls=True,
                auth_required=True,
                authenticator=allow,
                auth_exclude_mechanism=["LOGIN"],
            )

    controller = Secure(mailbox, hostname="127.0.0.1", port=free_port(), server_hostname="localhost")
    controller.start()
    mailbox.port = controller.port
    yield mailbox
    controller.stop()


async def test_mail_arrives_by_starttls_and_after_signing_in(smtp, certificate):
    server = mail.mail_server(f"smtp://ann:p%2Fw@localhost:{smtp.port}", "alerts@example.com")
    trust = ssl.create_default_context(cafile=certificate[1])
    answer = await mail.send(server, "ops@example.com", uuid.UUID(int=5), "[GoodData] 1 firing", "few: 3 < 10", trust)
    assert answer.delivered, answer.text
    [(was_secure, envelope)] = smtp.came
    assert was_secure and envelope.rcpt_tos == ["ops@example.com"] and envelope.mail_from == "alerts@example.com"
    text = envelope.content.decode()
    assert (
        "Subject: [GoodData] 1 firing" in text and "few: 3 < 10" in text and f"<{uuid.UUID(int=5)}@example.com>" in text
    )

    untrusted = await mail.send(server, "ops@example.com", uuid.uuid4(), "x", "x")
    assert not untrusted.delivered and "certificate" in untrusted.text
    wrong = mail.mail_server(f"smtp://ann:no@localhost:{smtp.port}", "alerts@example.com")
    refused = await mail.send(wrong, "ops@example.com", uuid.uuid4(), "x", "x", trust)
    assert not refused.delivered and "SMTP 535" in refused.text
    assert len(smtp.came) == 1


async def test_a_rule_reaches_a_mailbox(bench):
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        means = AlertMeans(b"x", mail.mail_server(f"smtp+plain://127.0.0.1:{controller.port}", "a@example.com"), False)
        asked = Destination("mail", "email", "ops@example.com")
        bench.to = await destinations.add(bench.pool, bench.project, asked, False)
        await bench.rule(looks=1)
        await look(bench.store, NOON)
        await outbox.deliver_due(bench.pool, means, "email", NOON)
        [(_, envelope)] = mailbox.came
        assert f"Subject: [GoodData] {bench.project}: 1 firing: few" in envelope.content.decode()
        without = await destinations.send_test(bench.pool, MEANS, bench.project, bench.to)
        assert not without["delivered"] and "GOODDATA_SMTP_URL" in without["answer"]
    finally:
        controller.stop()


async def browser(databases, url):
    """A signed-in one."""
    pool = await asyncpg.create_pool(databases.analytics_dsn, min_size=1, max_size=1)
    async with pool.acquire() as connection:
        token = await make_link_token(connection)
    cookie = await Access(pool).use_link(token)
    await pool.close()
    return httpx.AsyncClient(base_url=url, cookies={"gooddata_session": cookie}, headers={"X-GoodData": "1"})


async def test_an_owner_makes_tries_and_removes_alerts_over_the_api_of_two_servers(processes, databases, receiver):
    processes.environment["GOODDATA_WEBHOOK_PRIVATE"] = "true"
    project = await new_project(databases)
    one, _ = await asyncio.gather(processes.serve(), processes.serve())
    asked = {"params": {"project": project.project}}
    async with await browser(databases, one.url) as client:
        hook = {"name": "#ops", "kind": "webhook", "target": receiver.url}
        made = (await client.post("/api/alerts/destinations", json=hook, **asked)).json()
        assert made["key"].startswith("gs_")
        at = f"/api/alerts/destinations/{made['destination']}"
        told = (await client.post(f"{at}/test", **asked)).json()
        assert (told["delivered"], told["answer"], receiver.messages[0]["test"]) == (True, "HTTP 204", True)
        [listed] = (await client.get("/api/alerts/destinations", **asked)).json()["destinations"]
        assert listed["target"] == f"http://127.0.0.1:{receiver.port}/…" and "key" not in listed
        assert (await client.post(f"{at}/key", **asked)).json()["key"] != made["key"]

        condition = {"kind": "metric", "metric": "sessions", "minutes": 60, "side": "below", "value": 10}
        rule = {"name": "few", "condition": condition, "destinations": [made["destination"]], "looks": 1}
        kept = await client.post("/api/alerts/rules", json=rule, **asked)
        assert kept.status_code == 201, kept.text
        for _ in range(200):
            if len(receiver.came) > 1:
                break
            await asyncio.sleep(0.05)
        assert receiver.messages[1]["alerts"][0]["name"] == "few"
        [state] = (await client.get("/api/alerts", **asked)).json()["rules"]
        assert (state["state"], state["in_words"]) == ("firing", "sessions fall below 10 in 1 hour")
        log = (await client.get("/api/alerts/deliveries", **asked)).json()["deliveries"]
        assert [(entry["test"], entry["state"]) for entry in log] == [(False, "delivered"), (True, "delivered")]

        at_rule = f"/api/alerts/rules/{state['rule']}"
        paused = await client.put(at_rule, json=rule | {"enabled": False}, **asked)
        assert paused.status_code == 200
        assert (await client.get("/api/alerts", **asked)).json()["rules"][0]["state"] == "paused"
        for path in (at_rule, at):
            assert (await client.delete(path, **asked)).status_code == 204
            assert (await client.delete(path, **asked)).status_code == 404
    assert len(receiver.came) == 2, "two servers run, and one says it"


async def test_who_holds_a_read_key_sees_alerts_and_changes_none(server, shared, shop):
    headers = {"Authorization": f"Bearer {shop.read_key}"}
    hook = {"name": "#ops", "kind": "webhook", "target": "https://1.1.1.1/hook"}
    rule = {"name": "x", "condition": {"kind": "health", "measure": "lag", "value": 5}}
    some = uuid.uuid4()
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        assert (await client.get("/api/alerts")).json() == {"rules": []}
        for method, path, body in [
            ("POST", "destinations", hook),
            ("POST", "rules", rule),
            ("PUT", f"rules/{some}", rule),
            ("DELETE", f"rules/{some}", None),
            ("DELETE", f"destinations/{some}", None),
            ("POST", f"destinations/{some}/test", None),
            ("POST", f"destinations/{some}/key", None),
        ]:
            answer = await client.request(method, f"/api/alerts/{path}", json=body)
            assert answer.status_code == 403, (method, path, answer.text)
    asked = {"params": {"project": shop.project}}
    async with await browser(shared, server.url) as client:
        inside = await client.post("/api/alerts/destinations", json=hook | {"target": server.url}, **asked)
        assert (inside.status_code, inside.json()["error"]["field"]) == (400, "target")
        for wrong, field in [
            (rule | {"looks": 0}, "looks"),
            (rule | {"destinations": [str(some)]}, "destinations"),
            (rule | {"condition": {"kind": "health", "measure": "lag", "minutes": 0}}, "condition.minutes"),
        ]:
            answer = await client.post("/api/alerts/rules", json=wrong, **asked)
            assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
        for wrong in ({"name": "x"}, rule | {"condition": {"kind": "moon"}}, rule | {"else": 1}):
            assert (await client.post("/api/alerts/rules", json=wrong, **asked)).status_code == 400
        assert (await client.post(f"/api/alerts/destinations/{some}/test", **asked)).status_code == 404
