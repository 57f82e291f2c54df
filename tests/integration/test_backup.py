"""Backups that are taken while events pour in, and what is restored from them."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid

import asyncpg
import httpx
import msgspec
import pytest

from gooddata.config import load
from gooddata.doctor.examine import examine
from gooddata.errors import LogReplaced
from gooddata.eventlog.lag import require_held
from gooddata.eventlog.postgres import PostgresLog
from gooddata.persistence.backup.manifest import NAME, Manifest
from tests.conftest import as_admin
from tests.e2e.conftest import start_product
from tests.e2e.recount import all_applied, counts
from tests.integration.sent import event
from tests.integration.site import opened_site
from tests.integration.workbench import MINUTE, now

STORED = """SELECT (SELECT count(*) FROM {schema}.{table}), (SELECT count(DISTINCT id) FROM {schema}.{table})"""


def gooddata(*arguments, environment=None, refused=False):
    """What the command says: on standard output, or on standard error if it is to refuse."""
    command = [sys.executable, "-m", "gooddata", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode != 0) is refused, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if refused else done.stdout


class Pouring:
    """Sends events of many visitors to a product until it is stopped; knows which were acknowledged."""

    def __init__(self, announced):
        self._url, self._key = announced["url"], announced["write_key"]
        self.acknowledged = []
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._pour())

    async def _pour(self):
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as http:
            while not self._stop.is_set():
                events = [event(visitor=f"visitor {uuid.uuid4().int % 40}", timestamp=now()) for _ in range(20)]
                answer = await http.post("/v1/batch", json={"writeKey": self._key, "batch": events})
                assert answer.json()["accepted"] == len(events)
                self.acknowledged += events

    async def until(self, count):
        while len(self.acknowledged) < count:
            await asyncio.sleep(0.01)
            if self._task.done():
                self._task.result()

    async def stop(self):
        self._stop.set()
        await self._task


async def sent(product, events):
    async with httpx.AsyncClient(base_url=product.url, timeout=30) as http:
        body = {"writeKey": product.announced["write_key"], "batch": events}
        return (await http.post("/v1/batch", json=body)).json()


async def test_a_lost_installation_goes_on_elsewhere_from_a_backup_that_was_taken_while_events_poured_in(tmp_path):
    product = start_product(tmp_path / "data")
    backup = tmp_path / "backup"
    gone, stays = event(visitor="gone", timestamp=now() - MINUTE), event(visitor="stays", timestamp=now() - MINUTE)
    assert (await sent(product, [gone, stays]))["accepted"] == 2
    pouring = Pouring(product.announced)
    await pouring.until(400)
    before = list(pouring.acknowledged)
    manifest = json.loads(await asyncio.to_thread(product.command, "backup", str(backup), "--json"))
    taken_by = len(pouring.acknowledged)
    await pouring.until(taken_by + 200)
    assert taken_by > len(before), "events were taken in while the backup was taken"
    await pouring.stop()
    project = product.announced["project"]
    await asyncio.to_thread(product.command, "erase", "--project", project, "--visitor", "gone")
    tombstones = shutil.copy(product.data / "tombstones.ndjson", tmp_path / "tombstones.ndjson")
    product.process.send_signal(signal.SIGKILL)
    product.process.wait()
    while product.data.exists():  # what was its child is still about to end
        shutil.rmtree(product.data, ignore_errors=True)

    elsewhere = tmp_path / "elsewhere"
    flags = ("--data", elsewhere)
    said = gooddata("restore", backup, *flags, refused=True)
    assert "--tombstones" in said and not elsewhere.exists()
    told = json.loads(gooddata("restore", backup, *flags, "--tombstones", tombstones, "--json"))
    assert told["erased_again"][project]["raw_events"] == 1
    assert "holds something already" in gooddata("restore", backup, *flags, "--nobody-erased", refused=True)

    again = start_product(elsewhere)
    try:
        assert again.announced["write_key"] == product.announced["write_key"]
        # All that was acknowledged before is there, and nothing of it counts twice; nor does the person come back.
        receipt = await sent(again, before)
        assert (receipt["accepted"], receipt["duplicate"]) == (0, len(before))
        assert (await sent(again, [stays]))["duplicate"] == 1
        assert (await sent(again, [gone]))["dropped"] == 1
        # What came after the backup was lost with the disk: who still has it sends it again, and it counts once.
        rest = pouring.acknowledged[len(before) :]
        receipts = [await sent(again, rest[at : at + 500]) for at in range(0, len(rest), 500)]
        fresh = [event(visitor="fresh", timestamp=now()) for _ in range(3)]
        assert (await sent(again, fresh))["accepted"] == 3
        headers = {"Authorization": f"Bearer {again.announced['read_key']}"}
        async with httpx.AsyncClient(base_url=again.url, headers=headers, timeout=30) as api:
            await all_applied(api)
            ledger = (await api.get("/api/ledger")).json()
        there = await counts(again)
        everything = {each["id"] for each in [*pouring.acknowledged, stays, *fresh]}
        assert there["stored"] == there["ids"] == there["events"] == len(everything)
        assert sum(each["accepted"] for each in receipts) >= 200
        # As erasures leave it: what was taken in, and less of it there.
        assert ledger["stored"] == there["stored"] + 1
        assert ledger["received"] == ledger["stored"] + ledger["duplicate"] + ledger["dropped"]["erased"]
        assert sum_of(there["rollup"]) == (len(everything), len(there["sessions"]))
        assert sum(events for _, events, _, _ in there["sessions"]) == len(everything)
    finally:
        assert again.stop() == 0
    # A backup of what does not run is the same.
    later = json.loads(gooddata("backup", tmp_path / "later", *flags, "--json"))
    assert later["heads"] == later["cursors"]
    assert {name for name in later["files"] if name.startswith("data/")} >= {"data/secret", "data/tombstones.ndjson"}
    assert all(int(seq) <= manifest["heads"][partition] for partition, seq in manifest["cursors"].items())
    modes = {path.stat().st_mode & 0o077 for path in backup.rglob("*")} | {backup.stat().st_mode & 0o077}
    assert modes == {0}


def sum_of(rollup):
    """Events and sessions of all minutes."""
    total = [row for row in rollup if row[2] == ""]
    return sum(row[4] for row in total), sum(row[6] for row in total)


@pytest.fixture
async def site(processes, databases):
    async with opened_site(processes, databases, "work") as made:
        yield made


async def test_databases_of_ones_own_are_restored_to_others_and_only_to_such_as_fit(site, postgres, tmp_path):
    at = now() - 60 * MINUTE
    await site.send(*(event(visitor=name, timestamp=at) for name in ("gone", "stays", "stays")))
    await site.settled()
    backup = tmp_path / "backup"
    site.command("backup", str(backup))
    assert "holds something already" in site.command("backup", str(backup), refused=True)
    site.command("erase", "--project", site.shop.project, "--visitor", "gone")
    await site.send(*(event(visitor="stays", timestamp=at) for _ in range(5)))
    await site.settled()

    names = ("restored_raw", "restored_analytics")
    other = {"GOODDATA_RAW_DSN": postgres.dsn(names[0]), "GOODDATA_ANALYTICS_DSN": postgres.dsn(names[1])}
    environment = {**site.processes.environment, **other}
    wrong = environment | {"GOODDATA_SECRET": "another", "GOODDATA_DATA": str(tmp_path / "wrong")}
    said = gooddata("restore", backup, "--nobody-erased", environment=wrong, refused=True)
    assert "GOODDATA_SECRET is not the secret by which people are known" in said
    await as_admin(postgres, f"CREATE DATABASE {names[1]}")
    in_the_way = await asyncpg.connect(other["GOODDATA_ANALYTICS_DSN"])
    await in_the_way.execute("CREATE SCHEMA analytics")
    said = gooddata("restore", backup, environment=environment, refused=True)
    assert 'schema "analytics" already exists' in said and "drop both databases, and restore again" in said
    assert await in_the_way.fetchval("SELECT to_regclass('control.project')") is None
    await in_the_way.close()
    await as_admin(postgres, *(f"DROP DATABASE {name}" for name in names))
    # The tombstones that lie in the data folder are taken without being named.
    gooddata("restore", backup, environment=environment)
    try:
        raw, analytics = [await asyncpg.connect(each) for each in other.values()]
        assert [row[0] for row in await raw.fetch("SELECT DISTINCT visitor FROM raw.events")] == ["stays"]
        assert await analytics.fetchval("SELECT count(*) FROM analytics.event") == 2
        assert await raw.fetchval("SELECT count(*) FROM raw.audit WHERE action = 'erase again'") == 1
        said = gooddata("restore", backup, environment=environment, refused=True)
        assert "holds something already, and nothing is written over" in said
        # Raw of the backup under analytics of today: workers would pass over what comes next, so they do not begin.
        settings = load(
            {"data": site.processes.data}, {**environment, "GOODDATA_ANALYTICS_DSN": site.databases.analytics_dsn}
        )
        [found] = [each for each in await examine(settings) if each.name == "log and analytics"]
        assert found.state == "fail" and "restore both from one backup" in found.message
        mixed = {**environment, "GOODDATA_ANALYTICS_DSN": site.databases.analytics_dsn}
        assert "does not hold" in await asyncio.to_thread(gooddata, "work", environment=mixed, refused=True)
        assert "the raw database is older" in gooddata("backup", tmp_path / "mixed", environment=mixed, refused=True)
        # The same when so much has come since that the log is long enough again.
        log = await PostgresLog.open(other["GOODDATA_RAW_DSN"], "gooddata_worker")
        now_there = await asyncpg.connect(site.databases.analytics_dsn)
        [[partition, seq]] = await now_there.fetch(
            "SELECT partition, seq FROM analytics.cursor ORDER BY seq DESC LIMIT 1"
        )
        await require_held(log, analytics)
        await raw.execute("SELECT raw.make_room(1)")
        await raw.execute(
            "INSERT INTO raw.batch SELECT $1, n, now(), 0, '', '{}', '[]' FROM generate_series(1, $2::bigint) n"
            " WHERE NOT EXISTS (SELECT FROM raw.batch WHERE partition = $1 AND seq = n)",
            partition,
            seq,
        )
        await raw.execute("UPDATE raw.partition SET head = greatest(head, 1000)")
        with pytest.raises(LogReplaced, match="older, or another one"):
            await require_held(log, now_there)
        for each in (log, raw, analytics, now_there):
            await each.close()
    finally:
        await as_admin(postgres, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@pytest.mark.parametrize("what", ["cut", "changed", "missing", "newer", "no backup"])
def test_what_is_not_whole_or_of_a_newer_version_is_not_restored(tmp_path, what):
    backup, dump = tmp_path / "backup", tmp_path / "backup" / "raw.dump"
    backup.mkdir()
    dump.write_bytes(b"0123456789")
    from gooddata.persistence.backup.manifest import look_at

    manifest = Manifest(
        gooddata="9.9",
        taken_at="2030-01-01T00:00:00Z",
        postgres={"raw": 18, "analytics": 18},
        migrations={"raw": 999 if what == "newer" else 1, "analytics": 1},
        heads={},
        cursors={},
        roles=[],
        known_by=None,
        files={"raw.dump": look_at(dump)},
    )
    if what != "no backup":
        (backup / NAME).write_bytes(msgspec.json.encode(manifest))
    if what == "missing":
        dump.unlink()
    elif what in ("cut", "changed"):
        dump.write_bytes(b"012345678" + (b"" if what == "cut" else b"0"))
    said = gooddata("restore", backup, "--data", tmp_path / "data", "--nobody-erased", refused=True)
    expected = {"newer": "taken by a newer GoodData, 9.9", "no backup": "is no backup: manifest.json"}
    assert expected.get(what, "is missing, or not what was written") in said
    assert not (tmp_path / "data").exists()


def test_a_backup_of_nothing_and_of_a_log_on_nats_say_what_to_do(tmp_path):
    assert "name the data folder with --data" in gooddata(
        "backup", tmp_path / "b", "--data", tmp_path / "x", refused=True
    )
    assert not (tmp_path / "x").exists()
    on_nats = {**os.environ, "GOODDATA_LOG": "nats://127.0.0.1:1"}
    assert "docs/backup.md" in gooddata("backup", tmp_path / "b", environment=on_nats, refused=True)
