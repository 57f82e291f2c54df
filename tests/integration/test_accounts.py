"""Signing in, what each role and key may do, and what attackers try."""

import asyncio
import itertools
import json
import subprocess
import sys
import uuid
from datetime import timedelta

import asyncpg
import httpx
import pytest

from gooddata.errors import InputError
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.serving.access import TooMany, make_link_token
from gooddata.serving.accounts.accounts import change_account, create_account, remove_account
from gooddata.serving.accounts.attempts import OF_ACCOUNT, OF_ADDRESS, Attempts, network
from tests.conftest import Processes, free_port, new_project

PASSWORD = "correct horse battery"
OWN = {"X-GoodData": "1"}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
async def url(shared, tmp_path_factory):
    """A server that believes this machine's proxies, so that each browser of the tests has an address of its own."""
    started = Processes(shared, tmp_path_factory.mktemp("accounts"))
    started.environment["GOODDATA_TRUSTED_PROXIES"] = "127.0.0.1"
    yield (await started.serve(role=("serve",))).url
    started.end()


@pytest.fixture
async def connection(shared):
    connected = await asyncpg.connect(shared.analytics_dsn)
    yield connected
    await connected.close()


@pytest.fixture
async def browsers(url):
    """Makes browsers, each with an address of its own."""
    made = []

    def browser(**headers):
        number = next(_numbers)
        own = OWN | {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"} | headers
        made.append(httpx.AsyncClient(base_url=url, headers=own, timeout=30))
        return made[-1]

    yield browser
    for client in made:
        await client.aclose()


@pytest.fixture
async def owner(browsers, connection):
    return await let_in(browsers(), await make_link_token(connection))


@pytest.fixture
async def account(browsers, connection, owner):
    """Makes an account with a password; answers its e-mail address and a browser that is signed in by it."""

    async def make(role="viewer", projects=None):
        email = f"{uuid.uuid4()}@example.com"
        link = (await done(owner.post("/api/accounts", json={"email": email, "role": role, "projects": projects})))[
            "link"
        ]
        browser = await let_in(browsers(), link.partition("=")[2])
        await done(browser.post("/api/password", json={"password": PASSWORD}))
        return email, browser

    return make


async def let_in(browser, token):
    assert (await browser.get("/sign-in", params={"token": token})).status_code == 302
    return browser


async def done(asked):
    answer = await asked
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


async def status(asked):
    return (await asked).status_code


def signing_in(browser, email, password=PASSWORD, **headers):
    return browser.post("/api/sign-in", json={"email": email, "password": password}, headers=headers)


async def test_a_password_signs_in_and_signing_out_ends_what_was_copied(account, browsers):
    email, _ = await account("analyst")
    browser = browsers()
    wrong = await signing_in(browser, email, "wrong horse battery")
    unknown = await signing_in(browser, "nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    told = [answer.json()["error"] for answer in (wrong, unknown)]
    assert {each.pop("request_id") for each in told} and told[0] == told[1]
    answer = await signing_in(browser, f" {email.upper()} ")
    assert answer.status_code == 200, answer.text
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags and "secure" not in flags
    session = await done(browser.get("/api/session"))
    assert session["account"] == {"email": email, "role": "analyst", "has_password": True, "sets_password": False}
    copied = browsers(Cookie=f"gooddata_session={browser.cookies['gooddata_session']}")
    assert await status(copied.get("/api/session")) == 200
    await done(browser.post("/api/sign-out"))
    assert await status(browser.get("/api/session")) == await status(copied.get("/api/session")) == 401


async def test_a_cookie_is_secure_where_a_trusted_proxy_says_https(account, browsers):
    email, _ = await account()
    answer = await signing_in(browsers(), email, **{"X-Forwarded-Proto": "https"})
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_signing_in_takes_no_cookie_that_was_there_before(account, browsers, connection):
    email, other = await account()
    planted = "fixed-by-an-attacker"
    victim = browsers(Cookie=f"gooddata_session={planted}")
    answer = await signing_in(victim, email)
    fresh = answer.cookies["gooddata_session"]
    assert fresh != planted
    assert await status(browsers(Cookie=f"gooddata_session={planted}").get("/api/session")) == 401

    before = other.cookies["gooddata_session"]
    await signing_in(other, email)
    assert other.cookies["gooddata_session"] != before
    assert await status(browsers(Cookie=f"gooddata_session={before}").get("/api/session")) == 401
    stored = await connection.fetchval("SELECT string_agg(encode(token_hash, 'escape'), ' ') FROM control.sign_in")
    assert fresh not in stored


@pytest.mark.parametrize(
    "headers",
    [
        {"X-GoodData": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_another_site_changes_nothing_with_the_cookie(owner, account, headers, shop):
    email, browser = await account()
    on = {"project": shop.project}
    asked = [
        ("POST", "/api/accounts", {"email": "e@example.com"}),
        ("POST", "/api/password", {"password": PASSWORD, "current": PASSWORD}),
        ("POST", "/api/sign-out", None),
        ("POST", "/api/keys", {"name": "k"}),
        ("POST", "/api/projects", {"name": "By another site"}),
        ("POST", "/api/alerts/rules", {}),
        ("PUT", "/api/rules/goals", {"goals": []}),
        ("POST", "/api/sign-in", {"email": email, "password": PASSWORD}),
    ]
    for method, path, body in asked:
        answer = await owner.request(method, path, json=body, params=on, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), (path, answer.text)
    assert await status(owner.get("/api/session", headers=headers)) == 200
    same = {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"}
    assert await status(browser.post("/api/sign-out", headers=same)) == 200


async def test_a_storm_on_an_account_is_stopped_and_a_new_process_remembers(processes, databases):
    connection = await asyncpg.connect(databases.analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    email = "owner@localhost"
    first = await processes.serve(role=("serve",))
    async with httpx.AsyncClient(base_url=first.url, headers=OWN, timeout=30) as http:
        await let_in(http, token)
        await done(http.post("/api/password", json={"password": PASSWORD}))
        guesses = [signing_in(http, email, f"guess number {n}") for n in range(OF_ACCOUNT + 4)]
        codes = sorted(answer.status_code for answer in await asyncio.gather(*guesses))
        assert codes == [401] * OF_ACCOUNT + [429] * 4
        assert await status(http.get("/api/session")) == 200, "who is signed in stays so"
    first.process.terminate()
    first.process.wait(10)
    again = await processes.serve(role=("serve",))
    async with httpx.AsyncClient(base_url=again.url, headers=OWN) as http:
        refused = await signing_in(http, email)
        assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 900
        assert await status(signing_in(http, "another@example.com")) == 401


async def test_counts_are_in_the_database_and_end(shared):
    pool = await asyncpg.create_pool(shared.analytics_dsn, min_size=1, max_size=2)
    pseudonyms = Pseudonyms(b"s" * 32)
    email = f"{uuid.uuid4()}@example.com"
    for n in range(OF_ACCOUNT):
        await Attempts(pool, pseudonyms).take(email, f"203.0.113.{n}")
    with pytest.raises(TooMany) as refused:
        await Attempts(pool, pseudonyms).take(email, "203.0.113.99")
    assert 0 < refused.value.seconds <= 900
    await pool.execute("UPDATE control.sign_in_attempt SET until = now() - $1::interval", timedelta(seconds=1))
    await Attempts(pool, pseudonyms).take(email, "203.0.113.99")

    for n in range(OF_ADDRESS):
        await Attempts(pool, pseudonyms).take(f"{n}@example.com", f"2001:db8:1:2::{n:x}")
    victim = f"{uuid.uuid4()}@example.com"
    kept = await pool.fetchval("SELECT count(*) FROM control.sign_in_attempt")
    for n in range(OF_ACCOUNT + 1):
        with pytest.raises(TooMany):
            await Attempts(pool, pseudonyms).take(victim, f"2001:db8:1:2:ffff::{n:x}")
    assert await pool.fetchval("SELECT count(*) FROM control.sign_in_attempt") == kept
    await Attempts(pool, pseudonyms).take(victim, "2001:db8:1:3::1")
    assert network("192.0.2.1") == "192.0.2.1"
    await pool.close()


async def test_roles_may_do_what_they_are_for(account, owner, shop):
    on = {"project": shop.project}
    condition = {"kind": "metric", "metric": "sessions", "minutes": 60, "side": "below", "value": 1}
    codes = {}
    for role in ("viewer", "analyst", "owner"):
        _, browser = await account(role)
        asked = [
            browser.get("/api/overview", params=on),
            browser.post("/api/alerts/rules", params=on, json={"name": role, "condition": condition}),
            browser.put("/api/rules/goals", params=on, json={"goals": ["g"]}),
            browser.get("/api/accounts"),
            browser.get("/api/keys", params=on),
        ]
        codes[role] = [await status(each) for each in asked]
    assert codes == {
        "viewer": [200, 403, 403, 403, 403],
        "analyst": [200, 201, 403, 403, 403],
        "owner": [200, 201, 200, 200, 200],
    }


async def test_an_account_opens_its_projects_alone(account, shared, shop, owner, connection):
    other = await new_project(shared)
    email, browser = await account("analyst", [shop.project])
    assert [each["id"] for each in (await done(browser.get("/api/session")))["projects"]] == [shop.project]
    await done(browser.get("/api/overview", params={"project": shop.project}))
    for path in ("overview", "sessions", "live", "live/stream", "alerts", "models"):
        refusals = [await browser.get(f"/api/{path}", params={"project": name}) for name in (other.project, "no-such")]
        assert [each.status_code for each in refusals] == [403, 403], path
    assert await status(browser.post("/api/alerts/rules", params={"project": other.project}, json={})) in (400, 403)

    found = (await done(owner.get("/api/accounts")))["accounts"]
    mine = next(each for each in found if each["email"] == email)
    assert (mine["projects"], mine["has_password"]) == ([shop.project], True)
    assert not {"password_hash", "password"} & set(mine)
    await done(owner.patch(f"/api/accounts/{mine['account']}", json={"role": "viewer", "projects": [other.project]}))
    assert await status(browser.get("/api/overview", params={"project": shop.project})) == 403
    await done(owner.delete(f"/api/accounts/{mine['account']}"))
    assert await status(browser.get("/api/session")) == 401
    assert await status(owner.delete(f"/api/accounts/{mine['account']}")) == 404


async def test_a_key_opens_what_it_is_for_in_its_project(owner, url, shared, shop):
    other = await new_project(shared)
    on = {"project": shop.project}
    made = {
        kind: await done(owner.post("/api/keys", params=on, json={"name": kind, "kinds": [kind]}))
        for kind in ("query", "export")
    }
    everything = await done(owner.post("/api/keys", params=on, json={"name": "all"}))
    async with httpx.AsyncClient(base_url=url) as http:

        async def code(key, path, project=None):
            asked = {"project": project} if project else {}
            return await status(http.get(f"/api/{path}", params=asked, headers={"Authorization": f"Bearer {key}"}))

        seen = [[await code(key, path) for path in ("overview", "sessions", "session")] for key in
                (made["query"]["key"], made["export"]["key"], everything["key"], shop.read_key)]  # fmt: skip
        assert seen == [[200, 403, 200], [403, 200, 200], [200] * 3, [200] * 3]
        assert await code(shop.read_key, "overview", other.project) == 401
        assert await code(made["query"]["key"], "accounts") == 403
        listed = (await done(owner.get("/api/keys", params=on)))["keys"]
        assert [(key["name"], key["kinds"]) for key in listed] == [
            ("", None), ("query", ["query"]), ("export", ["export"]), ("all", None),
        ]  # fmt: skip
        assert made["query"]["key"] not in json.dumps(listed)
        at = f"/api/keys/{made['query']['id']}"
        assert await status(owner.delete(at, params={"project": other.project})) == 404
        await done(owner.delete(at, params=on))
        assert await code(made["query"]["key"], "overview") == 401
    for wrong in ({"name": ""}, {"name": "k", "kinds": []}, {"name": "k", "kinds": ["raw"]}, {"name": "a\0b"}):
        assert await status(owner.post("/api/keys", params=on, json=wrong)) == 400, wrong


async def test_a_limited_key_imports_nothing(server, owner, shop):
    key = (
        await done(owner.post("/api/keys", params={"project": shop.project}, json={"name": "k", "kinds": ["query"]}))
    )["key"]
    sent = {"batch": [{"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": "v"}]}
    async with httpx.AsyncClient(base_url=server.url) as http:
        codes = [
            await status(http.post("/v1/batch", json=sent, headers={"Authorization": f"Bearer {each}"}))
            for each in (shop.read_key, key)
        ]
    assert codes[1] == 401, codes


async def test_links_work_once_and_end(owner, browsers, connection, account):
    email = f"{uuid.uuid4()}@example.com"
    made = await done(owner.post("/api/accounts", json={"email": email}))
    token = made["link"].partition("=")[2]
    past = "UPDATE control.sign_in SET expires_at = now() - interval '1 second' WHERE account_id = $1"
    await connection.execute(past, uuid.UUID(made["account"]))
    assert await status(browsers().get("/sign-in", params={"token": token})) == 410
    link = (await done(owner.post(f"/api/accounts/{made['account']}/link")))["link"]
    browser = await let_in(browsers(), link.partition("=")[2])
    assert await status(browsers().get(link)) == 410
    assert await status(browser.post("/api/password", json={"password": "too short"})) == 400
    await done(browser.post("/api/password", json={"password": PASSWORD}))
    assert await status(browser.post("/api/password", json={"password": "another " + PASSWORD})) == 403
    changed = {"password": "another " + PASSWORD, "current": PASSWORD}
    elsewhere = browsers()
    await signing_in(elsewhere, email)
    await done(browser.post("/api/password", json=changed))
    assert await status(elsewhere.get("/api/session")) == 401, "others are signed out"
    assert await status(signing_in(browsers(), email)) == 401
    assert await status(signing_in(browsers(), email, changed["password"])) == 200

    locked_out = await let_in(browsers(), await make_link_token(connection, uuid.UUID(made["account"])))
    await connection.execute(
        "UPDATE control.sign_in SET expires_at = expires_at - interval '61 minutes' WHERE account_id = $1",
        uuid.UUID(made["account"]),
    )
    assert await status(locked_out.post("/api/password", json={"password": PASSWORD})) == 403, "an hour is over"


async def test_the_last_owner_stays(databases):
    connection = await asyncpg.connect(databases.analytics_dsn)
    await make_link_token(connection)
    first = await connection.fetchval("SELECT account_id FROM control.account")
    with pytest.raises(InputError, match="last owner"):
        await remove_account(connection, first)
    with pytest.raises(InputError, match="last owner"):
        await change_account(connection, first, "viewer", None)
    second = await create_account(connection, "Second@Example.com", "owner", None)
    other = await asyncpg.connect(databases.analytics_dsn)
    outcomes = await asyncio.gather(
        remove_account(connection, first), remove_account(other, second), return_exceptions=True
    )
    assert sorted(outcome is True for outcome in outcomes) == [False, True]
    wrong = [("no", "viewer", None), ("a@b", "king", None), ("a@b", "owner", []), ("a@b", "viewer", ["x"])]
    for email, role, projects in wrong:
        with pytest.raises(InputError):
            await create_account(connection, email, role, projects)
    await connection.close()
    await other.close()


async def test_commands_make_list_link_and_remove(processes):
    def command(*arguments):
        run = [sys.executable, "-m", "gooddata", "account", *arguments]
        return subprocess.run(run, env=processes.environment, capture_output=True, text=True)

    made = json.loads(command("create", "Ann@Example.com", "--role", "owner", "--json").stdout)
    assert "/sign-in?token=" in made["link"]
    assert "/sign-in?token=" in command("link", "ann@example.com").stdout
    refused = command("remove", "ann@example.com")
    assert refused.returncode == 2 and "last owner" in refused.stderr
    command("create", "bob@example.com", "--role", "owner")
    assert command("remove", "ann@example.com").returncode == 0
    listed = command("list").stdout
    assert "bob@example.com" in listed and "ann@" not in listed


async def test_a_password_is_in_no_log_and_no_table(processes, databases, tmp_path):
    secret = "hunter-two-hunter-two"
    connection = await asyncpg.connect(databases.analytics_dsn)
    token = await make_link_token(connection)
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as sink:
        run = [sys.executable, "-m", "gooddata", "serve", "--port", str(port)]
        process = subprocess.Popen(run, env=processes.environment, stdout=sink, stderr=sink)
        processes.started.append(process)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=OWN, timeout=30) as http:
        for _ in range(200):
            try:
                if (await http.get("/readyz")).status_code == 200:
                    break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
        await let_in(http, token)
        await done(http.post("/api/password", json={"password": secret}))
        assert await status(signing_in(http, "owner@localhost", secret)) == 200
        refused = [
            await signing_in(http, "owner@localhost", secret + "x"),
            await http.post("/api/sign-in", json={"email": "owner@localhost", "password": [secret]}),
            await http.post("/api/sign-in", json={"email": "a\0b@c", "password": secret}),
            await http.post("/api/sign-in", content=b'{"password": "%b' % secret.encode()),
        ]
        assert [each.status_code for each in refused] == [401, 400, 400, 400]
        dump = await connection.fetchval("SELECT json_agg(a)::text FROM control.account a")
        await connection.execute("ALTER TABLE control.account RENAME TO gone")
        refused.append(await signing_in(http, "owner@localhost", secret))
        assert refused[-1].status_code == 500
    await connection.close()
    assert not any(secret in each.text for each in refused)
    assert "$argon2id$" in dump and secret not in dump
    logged = log.read_text()
    assert "failed" in logged and secret not in logged
