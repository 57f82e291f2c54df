"""What `gooddata doctor` says of things that are really broken: each is broken here, looked at, and mended."""

import asyncio
import http.server
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
import pytest

from gooddata.config import load
from gooddata.doctor import databases as of_databases
from gooddata.doctor.examine import examine
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.postgres import PostgresLog
from gooddata.ingestion.arrival import Arrival
from gooddata.ingestion.spool import Record, Spool
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrations
from gooddata.up import Running, keep_running
from tests.conftest import as_admin, free_port, fresh_databases, new_project
from tests.integration.nats_servers import NatsServers
from tests.integration.test_event_logs import WINDOW

DAY = 86_400


@pytest.fixture(scope="module")
async def broken(postgres, template):
    """Databases of this module, in which things are broken and mended."""
    async with fresh_databases(postgres) as made:
        await new_project(made)
        yield made


@pytest.fixture
def settings(broken, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    given = {"data": data, "port": free_port(), "raw_dsn": broken.raw_dsn, "analytics_dsn": broken.analytics_dsn}
    return load(given, {})


async def found(settings, **changed):
    """Findings by name; where there are several of a thing, the worst."""
    worst = {}
    for each in await examine(msgspec.structs.replace(settings, **changed)):
        if each.name not in worst or worst[each.name].state == "ok":
            worst[each.name] = each
    for each in worst.values():
        assert (each.action is None) == (each.state == "ok"), each
    return worst


@asynccontextmanager
async def connected(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def test_of_what_is_well_nothing_is_said(settings):
    told = await found(settings)
    assert {each.name for each in told.values() if each.state != "ok"} == {"secret", "workers"}
    assert told["workers"].state == "warn" and "gooddata work" in told["workers"].action
    assert told["raw migrations"].message.startswith("all ")


async def test_the_command_tells_it_in_words_and_in_json_and_by_its_exit_status(settings):
    environment = {**os.environ, "GOODDATA_RAW_DSN": settings.raw_dsn, "GOODDATA_ANALYTICS_DSN": settings.analytics_dsn}
    command = [sys.executable, "-m", "gooddata", "doctor", "--data", str(settings.data), "--port", str(settings.port)]
    well = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert well.returncode == 0, well.stdout + well.stderr
    assert "\nok    raw database: PostgreSQL" in well.stdout
    environment |= {"GOODDATA_RAW_DNS": "x", "GOODDATA_PORT": "1", "GOODDATA_LOG": "kafka"}
    ill = await asyncio.to_thread(subprocess.run, [*command, "--json"], env=environment, capture_output=True, text=True)
    told = json.loads(ill.stdout)
    assert (ill.returncode, told["ok"], told["failed"]) == (1, False, 1)
    assert "log" in told["checks"][0]["message"]


async def test_a_server_that_was_stopped_and_one_that_hangs(settings, tmp_path, monkeypatch):
    own = EmbeddedPostgres(tmp_path / "own")
    own.start()
    dsn = own.dsn("postgres")
    told = await found(settings, raw_dsn=dsn)
    assert told["raw database"].state == "ok"
    assert (told["raw migrations"].state, told["raw migrations"].action) == ("fail", "run: gooddata migrate")
    assert told["raw roles"].state == "fail" and "gooddata_ingest" in told["raw roles"].message
    own.stop()
    told = await found(settings, raw_dsn=dsn)
    assert told["raw database"].state == "fail" and "cannot be reached" in told["raw database"].message
    assert "lag" not in told  # what stands on it is not looked at
    monkeypatch.setattr(of_databases, "PATIENCE_SECONDS", 0.3)
    silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    told = await found(settings, raw_dsn=f"postgresql://a:b@127.0.0.1:{port}/x")
    assert "does not answer" in told["raw database"].message
    silent.close()


async def test_a_wrong_password_a_database_that_is_not_there_and_no_connection_left(settings, postgres):
    password = settings.raw_dsn.split(":")[2].split("@")[0]
    told = await found(settings, raw_dsn=settings.raw_dsn.replace(password, "wrong-canary"))
    assert told["raw database"].state == "fail" and "refuses the login" in told["raw database"].message
    assert "GOODDATA_RAW_DSN" in told["raw database"].action
    assert "wrong-canary" not in str(told)
    told = await found(settings, analytics_dsn=postgres.dsn("not_there"))
    assert "has no such database" in told["analytics database"].message
    await as_admin(postgres, "CREATE ROLE doctors_few LOGIN PASSWORD 'few' CONNECTION LIMIT 0")
    few = settings.raw_dsn.replace("gooddata:" + password, "doctors_few:few")
    assert "no connection left" in (await found(settings, raw_dsn=few))["raw database"].message
    await as_admin(postgres, "ALTER ROLE doctors_few CONNECTION LIMIT -1")
    told = await found(settings, raw_dsn=few)
    assert "member of none" in told["raw roles"].message and told["raw roles"].state == "fail"
    assert told["raw migrations"].state == "warn"  # which this login may not see
    await as_admin(postgres, "DROP ROLE doctors_few")
    told = await found(settings, raw_dsn="no dsn at all")
    assert told["raw database"].state == "fail"
    assert (await found(settings, raw_dsn=settings.analytics_dsn))["databases"].state == "fail"


async def test_few_connections_left(settings, monkeypatch):
    monkeypatch.setattr(of_databases, "FEW_CONNECTIONS", 10_000)
    assert (await found(settings))["raw connections"].state == "warn"
    monkeypatch.setattr(of_databases, "NO_CONNECTIONS", 10_000)
    assert "max_connections" in (await found(settings))["raw connections"].action


async def test_a_migration_that_is_missing_edited_or_newer(settings):
    there_are = len(migrations("analytics"))
    async with connected(settings.analytics_dsn) as owner:
        for change, said in (
            (
                "DELETE FROM gooddata_migration WHERE version = 26",
                f"1 of {there_are} are missing: 0026_outcomes",
            ),
            ("UPDATE gooddata_migration SET checksum = 'x' WHERE version = 3", "another form"),
            ("INSERT INTO gooddata_migration VALUES (999, 'x', 'x')", "newer GoodData (migration 999)"),
        ):
            await owner.execute("CREATE TABLE was AS TABLE gooddata_migration")
            await owner.execute(change)
            told = (await found(settings))["analytics migrations"]
            assert told.state == "fail" and said in told.message
            await owner.execute("TRUNCATE gooddata_migration; INSERT INTO gooddata_migration TABLE was; DROP TABLE was")
    assert (await found(settings))["analytics migrations"].state == "ok"


@pytest.mark.parametrize(("shift", "state"), [("10 minutes", "fail"), ("-5 seconds", "warn")])
async def test_a_clock_that_is_wrong(settings, shift, state):
    """The server's, whose own function is found after another one of that name."""
    name = settings.raw_dsn.rpartition("/")[2]
    async with connected(settings.raw_dsn) as owner:
        await owner.execute(
            f"""CREATE SCHEMA odd; CREATE FUNCTION odd.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                AS $$ SELECT pg_catalog.clock_timestamp() + interval '{shift}' $$;
                ALTER DATABASE {name} SET search_path = odd, pg_catalog, public"""
        )
        try:
            told = (await found(settings))["raw clock"]
        finally:
            await owner.execute(f"ALTER DATABASE {name} RESET search_path; DROP SCHEMA odd CASCADE")
    assert told.state == state
    assert ("10 minutes behind" if state == "fail" else "5.0 seconds ahead") in told.message
    assert "NTP" in told.action


async def test_events_that_wait_workers_that_are_gone_models_that_are_old_and_what_was_left_out(settings):
    log = await PostgresLog.open(settings.raw_dsn, "gooddata_ingest", size=1)
    from datetime import UTC, datetime, timedelta

    received = datetime.now(UTC) - timedelta(minutes=10)
    await log.append(Append(received, [NewBatch(1, 0, b"", [], b"[]")], {}), await log.heads())
    await log.close()
    async with connected(settings.analytics_dsn) as owner:
        await owner.execute(
            "INSERT INTO analytics.cursor (partition) SELECT generate_series(0, 3) ON CONFLICT DO NOTHING"
        )
        await owner.execute(
            """INSERT INTO analytics.model (project_id, task, version, status, reason, trained_at, trained_on, features,
                                            metrics, role)
               SELECT project_id, 'conversion', 1, 'abstaining', 'x', now() - interval '40 days', 'nothing', '{}', '{}',
                      'champion' FROM control.project LIMIT 1"""
        )
        await owner.execute("INSERT INTO analytics.unreadable VALUES (1, 1, 0, 'odd')")
        told = await found(settings)
        assert told["lag"].state == "fail" and "10 minutes, in partition 1" in told["lag"].message
        assert told["workers"].state == "fail" and "none works" in told["workers"].message
        assert told["models"].state == "warn" and "40 days" in told["models"].message
        assert told["events left out"].state == "warn" and "1 could not" in told["events left out"].message
        await owner.execute("INSERT INTO analytics.worker (number, owner) VALUES (1, 'one')")
        told = await found(settings)
        assert told["workers"].state == "warn" and "4 of 4 partitions are held by none" in told["workers"].message
        await owner.execute(
            "DELETE FROM analytics.worker; DELETE FROM analytics.model; DELETE FROM analytics.unreadable"
        )
        await owner.execute("UPDATE analytics.cursor SET seq = 1 WHERE partition = 1")
    assert (await found(settings))["lag"].state == "ok"


async def test_settings_that_nobody_meant(settings, monkeypatch):
    monkeypatch.setenv("GOODDATA_RAW_DNS", "x")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    told = await found(settings)
    assert "did you mean GOODDATA_RAW_DSN?" in told["settings"].action
    assert "zipkin" in told["traces"].message
    monkeypatch.setenv("GOODDATA_SETTINGS", str(settings.data / "none.toml"))
    assert (await found(settings))["settings"].state == "fail"
    told = await found(settings, geoip_database=settings.data / "none.mmdb", metrics_listen="127.0.0.1:1")
    assert told["country database"].state == "fail"


async def test_secrets_that_others_can_read(settings):
    secret = settings.data / "secret"
    secret.write_text("s")
    secret.chmod(0o644)
    told = (await found(settings))["secret"]
    assert (told.state, told.action) == ("fail", f"chmod 600 {secret}")
    secret.chmod(0o600)
    assert (await found(settings))["secret"].state == "ok"


async def test_a_spool_that_waits_and_one_that_is_nearly_full(settings):
    spool = Spool(settings.data / "spool" / "0", 10_000_000)
    spool.append([Record(Arrival("shop", int(time.time() * 1_000), context=b"x" * 950_000))])
    told = (await found(settings))["spool"]
    assert told.state == "warn" and "wait on this disk" in told.message
    assert (await found(settings, spool_mb=1))["spool"].state == "fail"
    [segment] = (settings.data / "spool").glob("*/*.segment")
    os.utime(segment, (time.time() - DAY, time.time() - DAY))
    told = (await found(settings))["spool"]
    assert told.state == "fail" and "24 hours" in told.message
    spool.forget(spool.last)
    assert (await found(settings))["spool"].state == "ok"
    spool.close()


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", folder]
    if os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root alone")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_disk_that_is_small_and_one_that_is_full(settings, small_disk):
    told = await found(settings, data=small_disk, spool_mb=100)
    assert told["disk"].state == "warn" and "600.0 MiB are free" in told["disk"].message.replace("of 600.0 MiB ", "")
    subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)
    with (small_disk / "all").open("wb") as file, pytest.raises(OSError, match="space"):
        while True:
            file.write(b"x" * 65_536)
            file.flush()
    told = await found(settings, data=small_disk)
    assert told["disk"].state == "fail" and "make room" in told["disk"].action
    assert told["data folder"].state == "fail"


async def test_a_spool_that_was_damaged(settings):
    folder = settings.data / "spool" / "0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "00000000000000000001.damaged").write_bytes(b"?")
    told = (await found(settings))["spool"]
    assert told.state == "fail" and "1 file with what was acknowledged was damaged" in told.message


async def test_a_data_folder_that_is_not_there_or_not_writable(settings, tmp_path):
    assert (await found(settings, data=tmp_path / "none"))["data folder"].state == "warn"
    told = (await found(settings, data=Path("/proc/self")))["data folder"]
    assert told.state == "fail"


async def test_a_port_that_others_have_and_one_where_gooddata_answers(settings, server):
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    other.RequestHandlerClass.log_message = lambda *_: None
    threading.Thread(target=other.serve_forever, daemon=True).start()
    told = (await found(settings, port=other.server_port))["port"]
    assert told.state == "fail" and "something else" in told.message
    other.shutdown()
    other.server_close()
    told = (await found(settings, port=server.port))["port"]
    assert told.state == "ok" and "ready" in told.message
    nobody = f"http://127.0.0.1:{free_port()}"
    for url, state in ((server.url, "ok"), (nobody, "warn")):
        keep_running(settings.data, Running(url, *["x"] * 6))
        told = (await found(settings))["port"]
        assert told.state == state and url in told.message


async def test_nats_that_is_away_without_the_log_and_as_it_should_be(settings, postgres, tmp_path):
    servers = NatsServers(tmp_path / "nats")
    told = await found(settings, log=servers.url())
    assert told["NATS"].state == "fail" and "no NATS server can be used" in told["NATS"].message
    await servers.start()
    try:
        assert "no event log" in (await found(settings, log=servers.url()))["NATS"].message
        async with fresh_databases(postgres) as made:
            await make_stream(address_of(servers.url()), made.raw_dsn, made.analytics_dsn, WINDOW)
            told = await found(settings, log=servers.url(), raw_dsn=made.raw_dsn, analytics_dsn=made.analytics_dsn)
            assert told["NATS"].state == "ok" and "4 partitions" in told["NATS"].message
            assert told["archive"].state == "ok"
    finally:
        servers.end()
