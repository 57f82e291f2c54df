"""Events that mean harm, through a real server into everything that reads them: what is taken in can be read, exported
and shown, and none of it runs as a script in anybody's dashboard."""

import asyncio
import json
import re
import uuid
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pyarrow.parquet
import pytest

from gooddata.serving.access import make_link_token
from gooddata.serving.pages import PAGES
from tests.conftest import Processes, fresh_databases
from tests.e2e.page_walk import settled
from tests.integration.site import opened_site

MB = 1_048_576
FAMILY = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
)

# What JSON can say and people seldom do. Each is the value of a property of one event, as JSON, and whether the event
# may be stored.
VALUES = {
    "deep": ('{"a":' * 29 + "1" + "}" * 29, True),
    "too deep": ("[" * 200 + "]" * 200, False),
    "far too deep": ("[" * 30_000 + "]" * 30_000, False),
    "largest": ("1.7976931348623157e308", True),
    "past all numbers": ("1e400", False),
    "many digits": ("9" * 400, False),
    "smallest": ("-5e-324", True),
    "not a number": ("NaN", False),
    "infinite": ("-Infinity", False),
    "lone surrogate": ('"\\ud800"', False),
    "surrogates the wrong way round": ('"\\udc00\\ud800"', False),
    "NUL": ('"a\\u0000b"', False),
    "NUL under an equal key": ('1,"v":"\\u0000","v":1', False),
    "equal keys": ('1,"v":"two","v":[3]', True),
    "right to left": (json.dumps("\u202eevil\u202c \u0645\u0631\u062d\u0628\u0627"), True),
    "emoji": (json.dumps(FAMILY * 20), True),
    "combining": (json.dumps("Z" + "\u0301\u0323\u0353" * 300), True),
    "controls": (json.dumps("\x01\x1b[31m\r\n\t\x7f\u2028\ufeff\ufffe"), True),
    "long array": (json.dumps([0.5] * 12_000), True),
    "large key": (json.dumps({"k" * 60_000: 1}), True),
    "keys that are code": ('{"__proto__":{"a":1},"constructor":1,"toString":null,"":0}', True),
    "nothing": ("null", True),
}
TIMES = {  # of events that are imported
    '"0001-01-01T00:00:00Z"': True,
    "-62135596800000": True,
    '"9999-12-31T23:59:59.999Z"': True,  # in the future, so now
    '"10000-01-01T00:00:00Z"': False,
    "1e300": False,
    '"2016-12-31T23:59:60Z"': False,
    "true": False,
}

# Each writes the name of where it stood, should it run, and stands there as text, should it not.
RUN = "pwned('{}')"
PAYLOADS = [
    "<img src=x onerror={}>",
    '"><svg onload={}>',
    "'-{}-'",
    "</title><script>{}</script>",
    "javascript:{}",
    '<iframe srcdoc="<script>{}</script>">',
    '{{{{constructor.constructor("{}")()}}}}',
    "<a href=javascript:{}>x</a>",
]


class Payloads:
    """Gives every field another payload in turn."""

    def __init__(self):
        self._next = 0

    def __call__(self, field):
        self._next += 1
        return PAYLOADS[self._next % len(PAYLOADS)].format(RUN.format(field))


@pytest.fixture(scope="module")
async def site(postgres, template, tmp_path_factory):
    async with fresh_databases(postgres) as databases:
        processes = Processes(databases, tmp_path_factory.mktemp("hostile") / "data")
        processes.environment["GOODDATA_OPERATOR_RAW_DSN"] = databases.raw_dsn
        processes.environment["GOODDATA_OPERATOR_ANALYTICS_DSN"] = databases.analytics_dsn
        async with opened_site(processes, databases, "work") as made:
            yield made
        processes.end()


def event(name="Hostile", **fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": name, "visitor": str(uuid.uuid4())} | fields


async def post(site, events, **body):
    """Events by their own JSON text."""
    fields = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in body.items())
    content = f'{{{fields}"batch":[{",".join(events)}]}}'.encode()
    return await site.http.post("/v1/batch", content=content)


def _memory(site):
    [server] = [process for process in site.processes.started if "serve" in process.args]
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())
    return int(found[1]) * 1024


def _lines(text):
    """Python takes more characters for the end of a line than JSON does."""
    return text.removesuffix("\n").split("\n")


async def test_what_is_taken_in_is_read_exported_and_counted_and_the_rest_is_refused_by_name(site, tmp_path):
    before = _memory(site)
    stored = set()
    for what, (value, fine) in VALUES.items():
        made = event(properties={"what": what, "v": "VALUE"})
        answer = await post(site, [json.dumps(made).replace('"VALUE"', value)], writeKey=site.shop.write_key)
        assert answer.status_code in ((200,) if fine else (200, 400)), (what, answer.text)
        taken = answer.status_code == 200 and answer.json()["accepted"] == 1
        assert taken is fine, (what, answer.text)
        stored |= {made["id"]} if fine else set()
    for at, fine in TIMES.items():
        made = event("Long ago", timestamp="TIME")
        text = json.dumps(made).replace('"TIME"', at)
        answer = await post(site, [text], writeKey=site.shop.read_key, **{"import": True})
        assert (answer.json().get("accepted") == 1) is fine, (at, answer.text)
        stored |= {made["id"]} if fine else set()
    huge = json.dumps(event(properties={"k" * MB: 1}))
    assert (await post(site, [huge], writeKey=site.shop.write_key)).status_code == 413
    assert (await site.http.post("/v1/batch", content=b'{"writeKey":"\\ud800","batch":[{}]}')).status_code == 401
    basic = {"Authorization": b"Basic \xff\xfe"}
    assert (await site.http.post("/v1/batch", json={"batch": [event()]}, headers=basic)).status_code == 401
    # Paths that say NUL, and names that nobody gives, in all that workers read.
    paths = [f"/%00/{each}" for each in ("1.2.3.4", "a@b.example", "+49 170 1234567", "%ff%fe", "..%2f..")]
    odd = [event(context={"page": {"path": path}, "campaign": {"source": "\u202e" + FAMILY}}) for path in paths]
    assert (await site.send(*odd))["accepted"] == len(odd)
    stored |= {each["id"] for each in odd}
    await site.settled()
    await site.ledger()
    assert await site.analytics("SELECT * FROM analytics.unreadable") == []
    assert {str(row["id"]) for row in await site.raw("SELECT id, properties, context FROM raw.events")} == stored
    assert len(await site.analytics("SELECT 1 FROM analytics.event")) == len(stored)
    assert _memory(site) - before < 150 * MB

    lines = [msgspec.json.decode(line) for line in _lines(site.command("export", "--project", site.shop.project))]
    assert {line["id"] for line in lines} == stored
    file = tmp_path / "events.parquet"
    site.command("export", "--project", site.shop.project, "--format", "parquet", "--output", str(file))
    table = pyarrow.parquet.read_table(file).to_pylist()
    assert {row["id"] for row in table} == stored
    for row in table:
        json.loads(row["properties"])
    assert min(row["timestamp"].year for row in table) == 1


def attacks(payload):
    """Events with a payload in every field that a sender writes."""
    visitor, session = str(uuid.uuid4()), payload("session")
    page = {"path": "/" + payload("path"), "title": payload("title"), "referrer": f"https://{payload('referrer')}/",
            "url": "https://shop.example/?" + payload("url"), "search": "?utm_medium=" + payload("search")}  # fmt: skip
    campaign = {"source": payload("source"), "name": payload("campaign"), "medium": payload("medium")}
    context = {
        "page": page,
        "campaign": campaign,
        **{name: payload(name) for name in ("userAgent", "country", "locale")},
        "library": {"name": payload("library"), "version": payload("version")},
    }
    common = {"visitor": visitor, "user": payload("user"), "session": session, "context": context}
    exposure = {"intervention": payload("intervention"), "variant": "shown", "item": payload("item")}
    return [
        event(None, type="page", **common),
        event(payload("event"), **common, properties={
            "colour": payload("value"), payload("property"): 1, "product_id": payload("product"),
            "category": payload("category"), "price": payload("price"),
        }),
        event("Bought", **common, properties={"revenue": 5, "product_id": payload("bought")}),
        event("$error", **common, properties={name: payload(name) for name in ("message", "file", "stack")}),
        event("$rage_click", **common, properties={"path": payload("element"), "role": payload("role")}),
        event("$form_start", **common, properties={"form": payload("form")}),
        event("$form_abandon", **common, properties={"form": payload("form2"), "fields": [{"path": payload("field")}]}),
        event("$exposure", **common, properties=exposure),
        event("$exposure_click", **common, properties=exposure),
        event(None, type="identify", **common, traits={"email": payload("email"), payload("trait"): 1}),
        event(None, type="group", **common, groupId=payload("group"), groupType=payload("kind")),
        event(None, type="alias", **common, previousId=payload("previous")),
        event(payload("rejected"), visitor=payload("who"), timestamp=payload("time")),
    ]  # fmt: skip


async def kept(owner, project, payload):
    """What people name, likewise: who may name things in one project must not get at an owner's browser by it."""

    async def ask(method, path, body):
        answer = await owner.request(method, f"/api{path}", params={"project": project}, json=body)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    await ask(
        "POST", "/segments/rules", {"name": payload("segment"), "filters": ["views>=0", f"source!={payload('filter')}"]}
    )
    condition = {"kind": "metric", "metric": "events", "minutes": 60, "side": "above", "value": 0}
    await ask("POST", "/alerts/rules", {"name": payload("rule"), "condition": condition})
    hook = "https://1.1.1.1/" + payload("hook").replace(" ", "")
    await ask("POST", "/alerts/destinations", {"name": payload("destination"), "kind": "webhook", "target": hook})
    await ask("PUT", "/rules/goals", {"goals": [payload("goal"), "Bought"]})
    await ask("PUT", "/rules/properties", {"properties": ["colour"]})
    await ask("PUT", "/rules/exclusions", {"exclusions": [{"kind": "user", "value": payload("exclusion")}]})
    planned = {payload("planned"): True, "Bought": {"required": [payload("required")]}}
    await ask("PUT", "/rules/plan", {"plan": {"mode": "warn", "events": planned}})
    await ask(
        "PUT",
        "/rules/items",
        {"items": [{"item": payload("kept item"), "category": payload("kept category"), "in_stock": True}]},
    )
    await ask("POST", "/keys", {"name": payload("key")})
    await ask("POST", "/projects", {"name": payload("project")})


async def ruled(site):
    """Workers hear of rules every few seconds; what is to be seen by them is sent after that."""
    for _ in range(200):
        await site.send(event("Probe", properties={"colour": "red"}))
        if await site.analytics("SELECT 1 FROM analytics.event WHERE name = 'Probe' AND properties ? 'colour'"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no worker hears of the rule")


WATCH = """
window.caught = [];
window.pwned = (where) => window.caught.push(`ran: ${where}`);
document.addEventListener('securitypolicyviolation', (each) =>
    window.caught.push(`stopped: ${each.violatedDirective} ${each.blockedURI} ${each.sample}`));
"""
# What has no business in a document that only shows text, also where the policy stops it.
FOREIGN = """() => [...document.querySelectorAll('*')].flatMap((each) => [
    ...(/^(IFRAME|OBJECT|EMBED|BASE)$/.test(each.tagName) ? [each.tagName] : []),
    ...(each.tagName === 'SCRIPT' && !each.src.startsWith(location.origin + '/assets/') ? ['SCRIPT'] : []),
    ...[...each.attributes].filter(({name, value}) => name.startsWith('on') || name === 'srcdoc'
            || (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\\s*javascript:/i.test(value)))
        .map(({name, value}) => `${each.tagName} ${name}=${value}`),
])"""
# Where each of these is seen, as the text that it is.
SHOWN = {
    "path", "source", "campaign", "event", "value", "segment", "rule", "destination", "goal", "exclusion", "planned",
    "key", "project", "rejected",
}  # fmt: skip


def _is_told(line):
    """Whether the console tells of an error of a script's or against the policy, and not of the network."""
    return line.type == "error" and not line.text.startswith("Failed to load resource")


async def test_no_script_of_an_events_runs_in_any_page_and_all_are_shown_as_text(site, browser):
    connection = await asyncpg.connect(site.databases.analytics_dsn)
    tokens = [await make_link_token(connection) for _ in range(2)]
    await connection.close()
    payload, project = Payloads(), site.shop.project
    base = str(site.http.base_url)
    async with httpx.AsyncClient(base_url=base, headers={"X-GoodData": "1"}, timeout=30) as owner:
        await owner.get("/sign-in", params={"token": tokens[0]})
        await kept(owner, project, payload)
        await ruled(site)
        sent = attacks(payload)
        await site.http.post("/v1/batch", json={"writeKey": str(uuid.uuid4()), "batch": []})
        receipt = await site.send(*sent, *attacks(payload))
        assert len(receipt["rejected"]) == 2, receipt
        await site.settled()

    context = await browser.new_context(base_url=base)
    await context.add_init_script(WATCH)
    page = await context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
    page.on("console", lambda line: troubles.append(line.text) if _is_told(line) else None)
    page.on(
        "request", lambda request: troubles.append(request.url) if not request.url.startswith((base, "data:")) else None
    )
    await page.goto(f"/sign-in?token={tokens[1]}")
    seen = ""

    async def look(where):
        nonlocal seen
        await settled(page)
        found = await page.evaluate("window.caught")
        foreign = await page.evaluate(FOREIGN)
        assert (found, foreign, troubles) == ([], [], []), f"{where}: {found} {foreign} {troubles}"
        seen += await page.locator("body").inner_text() + await page.evaluate(
            "() => [...document.querySelectorAll('input, textarea')].map((each) => each.value).join(' ')"
        )

    for path in PAGES:
        await page.goto(f"{path}?project={project}&range=24h")
        await look(path)
    # What opens on a click: a session, an event's properties, what was refused.
    await page.goto(f"/?project={project}&range=24h")
    await settled(page)
    rows = page.get_by_role("region", name="Sessions").locator("tbody tr button, tbody tr a, li button")
    if await rows.count():
        await rows.first.click()
        await look("a session")
    await page.goto(f"/?project={project}&range=24h")
    await settled(page)
    for tab in ("Campaign", "Events"):
        await page.get_by_text(tab, exact=True).first.click()
        await look(tab)
    name = sent[1]["name"]
    await page.goto(
        str(httpx.URL("/events", params={"project": project, "range": "24h", "event": name, "property": "colour"}))
    )
    # The values are asked for once the properties have been answered.
    await page.get_by_role("region", name="colour").locator("tbody tr").first.wait_for()
    await look("an event's values")
    for asked in (sent[0]["context"]["campaign"]["source"], payload("asked")):
        query = {
            "project": project,
            "range": payload("range"),
            "filter": f"source=={asked}",
            "session": payload("drawer"),
        }
        await page.goto(str(httpx.URL("/", params=query | {"range": "24h", "session": ""})))
        await look("a filter out of the address")
    await page.goto(f"/pipeline?project={project}")
    await settled(page)
    examples = page.get_by_role("region", name="Rejected events").get_by_role("button", name="Examples")
    await examples.first.wait_for()
    for button in await examples.element_handles():
        await button.click()
        await page.get_by_role("region", name="Rejected events").locator("details").first.wait_for()
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        await look("refused events")
    # What watches would have seen one: the same, put in as HTML.
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=\"pwned('here')\">`)")
    assert await page.evaluate(FOREIGN)
    for _ in range(100):
        if found := await page.evaluate("window.caught"):
            break
        await page.wait_for_timeout(50)
    assert found, "the policy stops what is put in, and that is seen"
    await context.close()
    missing = {field for field in SHOWN if RUN.format(field) not in seen}
    assert not missing, f"not shown as text: {missing}"
