"""Raw events shown and exported, against the view raw.events; and each look written down."""

import asyncio
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime

import pyarrow.parquet
import pytest

from gooddata.persistence import parquet
from gooddata.persistence.operator import operating
from gooddata.persistence.raw_events import Wanted, log_heads, newest_events
from tests.conftest import new_project
from tests.integration.site import opened_site, unserved_site
from tests.integration.workbench import MINUTE, now


@pytest.fixture
async def site(processes, databases):
    async with opened_site(processes, databases) as made:
        yield made


@pytest.fixture
async def unserved(processes, databases):
    async with unserved_site(processes, databases) as made:
        yield made


def sent(visitor, **fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": visitor, "timestamp": now()} | fields


def shown(site, *arguments, command="events"):
    said = site.command(command, *arguments, *(("--json",) if command == "events" else ()))
    return [json.loads(line) for line in said.splitlines()]


async def viewed(site):
    """What the view holds, as the command prints it."""
    rows = await site.raw("SELECT to_jsonb(e) FROM raw.events e")
    found = {}
    for (text,) in rows:
        row = json.loads(text)
        found[row["id"]] = row
    return found


async def test_what_is_shown_is_what_the_view_holds(site):
    visitor = str(uuid.uuid4())
    await site.send(
        sent(visitor, properties={"n": 1.5, "ü": "ß"}, context={"locale": "de"}, vector=[1.0, 2.5]),
        sent(visitor, type="page", name=None, user="u1", session="s"),
        {
            "messageId": "order-17",
            "type": "track",
            "event": "Order Completed",
            "userId": "u2",
            "timestamp": "2026-11-20T10:00:00.123Z",
        },
        {"messageId": str(uuid.uuid4()), "type": "identify", "anonymousId": "a", "userId": "u2", "traits": {"t": None}},
        context={"page": {"path": "/x"}},
    )
    await site.send(sent("other", properties=None))
    there = await viewed(site)
    found = shown(site)
    assert len(found) == len(there) == 5
    moments = ("timestamp", "received_at")
    for row in found:
        view = there[row["id"]]
        assert {name: row[name] for name in row if name not in moments} == {
            name: view[name] for name in view if name not in moments
        }
        for name in moments:
            assert datetime.fromisoformat(row[name]) == datetime.fromisoformat(view[name])
    assert [row["id"] for row in shown(site, "--visitor", visitor, "--project", site.shop.project)] == [
        row["id"] for row in found if row["visitor"] == visitor
    ]
    assert {row["user"] for row in shown(site, "--user", "u2")} == {"u2"}
    assert [row["name"] for row in shown(site, "--name", "Order Completed")] == ["Order Completed"]
    assert {row["type"] for row in shown(site, "--type", "page")} == {"page"}
    assert shown(site, "--since", "2030-01-01") == []
    assert [row["id"] for row in shown(site, "--limit", "2")] == [row["id"] for row in found[-2:]]
    assert "Order Completed" in site.command("events")


async def test_events_are_shown_as_they_come_in(site):
    await site.send(sent("before"))
    follower = subprocess.Popen(
        [sys.executable, "-m", "gooddata", "events", "--json", "-f", "--project", site.shop.project],
        env=site.processes.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = asyncio.to_thread(follower.stdout.readline)
        assert json.loads(await lines)["visitor"] == "before"
        for number in range(3):
            await site.send(sent(f"v{number}"))
            assert json.loads(await asyncio.to_thread(follower.stdout.readline))["visitor"] == f"v{number}"
    finally:
        follower.terminate()
        follower.wait()


async def test_an_export_can_be_replayed(site):
    events = [sent(str(uuid.uuid4()), timestamp=now() - MINUTE) for _ in range(30)]
    for start in range(0, 30, 10):
        await site.send(*events[start : start + 10])
    exported = site.command("export", "--project", site.shop.project)
    rows = [json.loads(line) for line in exported.splitlines()]
    assert {row["id"] for row in rows} == {event["id"] for event in events}
    twin = await new_project(site.databases)
    url = ("--url", str(site.http.base_url))
    report = site.command(
        "replay", "-", "--format", "ndjson", "--project", twin.project, "--json", *url, input=exported
    )
    assert json.loads(report)["accepted"] == 30
    assert len(await site.raw("SELECT FROM raw.events WHERE project_id = $1", twin.project)) == 30


async def test_a_person_gets_all_that_is_held_of_them_and_of_nobody_else(site, tmp_path):
    site.processes.start("work")
    visitor, jane = str(uuid.uuid4()), f"jane-{uuid.uuid4()}"
    await site.send(
        sent(visitor, user=jane),
        sent(visitor, type="page", name=None),
        sent("other"),
        {"type": "odd", "visitor": visitor},
    )
    for _ in range(200):
        said = site.command("export", "--project", site.shop.project, "--user", jane)
        rows = [json.loads(line) for line in said.splitlines()]
        if any(row["table"] == "analytics.session" for row in rows):
            break
        await asyncio.sleep(0.1)
    tables = sorted(row["table"] for row in rows)
    assert tables == [
        "analytics.event", "analytics.event", "analytics.identity_link", "analytics.score", "analytics.session",
        "raw.events", "raw.events", "raw.rejection",
    ]  # fmt: skip
    assert {row["row"]["visitor"] for row in rows if row["table"] == "raw.events"} == {visitor}
    of_visitor = tmp_path / "visitor.ndjson"
    site.command("export", "--project", site.shop.project, "--visitor", visitor, "--output", str(of_visitor))
    assert len(of_visitor.read_text().splitlines()) >= 7
    assert of_visitor.stat().st_mode & 0o077 == 0


async def test_every_look_is_written_down(site):
    await site.send(sent("v"), {"type": "nonsense"})
    site.command("events", "--project", site.shop.project, "--visitor", "v")
    site.command("rejected", "list", "--project", site.shop.project)
    site.command("export", "--project", site.shop.project)
    site.command("export", "--project", site.shop.project, "--visitor", "v")
    entries = await site.raw("SELECT actor, action, project_id, subject FROM raw.audit ORDER BY entry")
    assert [entry["action"] for entry in entries] == ["read events", "read rejected", "export", "export"]
    assert {entry["project_id"] for entry in entries} == {site.shop.project}
    assert [entry["subject"] is not None for entry in entries] == [True, False, False, True]
    assert entries[0]["subject"] == entries[3]["subject"]
    assert all("@" in entry["actor"] for entry in entries)


async def test_a_parquet_file_holds_what_the_lines_hold(site, tmp_path, monkeypatch):
    await site.send(
        sent("v", properties={"n": 1.5, "ü": "\u0001😀", "deep": [{"a": None}]}, vector=[1.0, 2.5]),
        sent("w", type="page", name=None, user="u1", session="s", context={"locale": "de"}),
        {"messageId": "order-17", "type": "track", "event": "Order Completed", "userId": "u2", "timestamp": now()},
        sent("x", properties={f"p{n}": "x" * 100 for n in range(150)}),
        context={"page": {"path": "/x"}},
    )
    lines = [json.loads(line) for line in site.command("export", "--project", site.shop.project).splitlines()]

    file = tmp_path / "events.parquet"
    site.command("export", "--project", site.shop.project, "--format", "parquet", "--output", str(file))

    assert file.stat().st_mode & 0o077 == 0
    table = pyarrow.parquet.read_table(file)
    read = table.to_pylist()
    assert len(read) == 4
    for row, line in zip(read, lines, strict=True):
        for name in ("properties", "context"):
            row[name] = json.loads(row[name])
        for name in ("timestamp", "received_at"):
            assert row[name].tzinfo is not None
            line[name] = datetime.fromisoformat(line[name])
        assert row == line
    assert str(table.schema.field("timestamp").type) == "timestamp[ms, tz=UTC]"


async def test_parquet_is_written_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_EVENTS", 10)

    async def rows():
        names = ("id", "message_id", "project_id", "type", "name", "visitor", "user", "session", "vector", "batch_id")
        for n in range(25):
            moment = datetime.fromtimestamp(n, UTC)
            yield dict.fromkeys(names) | {
                "timestamp": moment,
                "received_at": moment,
                "properties": {"n": n},
                "context": {},
            }

    with (tmp_path / "groups.parquet").open("wb") as file:
        assert await parquet.write_parquet(rows(), file) == 25
    written = pyarrow.parquet.ParquetFile(tmp_path / "groups.parquet")
    assert [written.metadata.row_group(n).num_rows for n in range(written.num_row_groups)] == [10, 10, 5]
    assert written.read()["properties"].to_pylist() == [f'{{"n":{n}}}' for n in range(25)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--visitor", "v", "--user", "u"), "name one person"),
        (("--visitor", "v"), "--project"),
        (("--visitor", "v", "--project", "nowhere"), "there is no project 'nowhere'"),
        (("--since", "soon"), "--since takes"),
        (("--format", "parquet"), "name it with --output"),
        (("--format", "parquet", "--visitor", "v", "--project", "x", "--output", "f"), "only raw events"),
    ],
)
async def test_who_exports_in_vain_is_told_why(unserved, arguments, said):
    assert said in unserved.command("export", *arguments, refused=True)


async def test_the_newest_are_the_newest_of_all_partitions(site):
    """What one request brings is received at one moment, in several partitions."""
    for _ in range(2):
        await site.send(*[sent(str(uuid.uuid4()), timestamp=now() - 1_000 * n) for n in range(12)])
    async with operating(site.databases.raw_dsn) as connection:
        heads = await log_heads(connection)
        newest = [await newest_events(connection, Wanted(), limit, heads) for limit in range(25)]
    assert len(newest[24]) == 24
    for limit, found in enumerate(newest):
        assert found == newest[24][24 - limit :]
