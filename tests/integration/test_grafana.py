"""Grafana's dashboard, without Grafana: each panel's SQL runs as its login, and tells what its kind can show."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
import yaml

from bench.query_data.fill import PROJECT, fill
from tests.conftest import as_admin
from tests.integration.grafana_macros import expanded
from tests.integration.test_roles_apart import _programs

DEPLOY = Path(__file__).parents[2] / "deploy"
GRAFANA = DEPLOY / "grafana"
DASHBOARD = json.loads((GRAFANA / "gooddata.json").read_text())
UNTIL = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SINCE = UNTIL - timedelta(days=3)
NUMBERS = {"int2", "int4", "int8", "float4", "float8", "numeric"}
TIMES = {"timestamptz", "date", "float8", "numeric"}
QUIETLY = ("-qX", "-v", "ON_ERROR_STOP=1")
PASSWORD = "a password of these tests"

FOUND = """
INSERT INTO analytics.anomaly VALUES
    ('bench', 'sessions', 'source', 'google', now() - interval '1 day', '1 hour', 3, 10, 20, 0.9,
     '{"dimension": "country", "value": "DE", "share": 0.8}'),
    ('bench', 'sessions', '', '', now() - interval '1 day', '1 hour', 3, 10, 20, 0.8, NULL);
INSERT INTO analytics.insight VALUES
    ('bench', 'key', 'change', 'Sessions from google fell by a third.', '{}', '{}', now(), now() + interval '1 day',
     0.5, now(), now());
INSERT INTO analytics.cursor (partition, seq, owner, caught_up_at)
VALUES (0, 7, 'worker', now() - interval '3 seconds');
INSERT INTO analytics.worker (number, owner) VALUES (1, 'worker');
INSERT INTO analytics.unreadable (partition, seq, place, reason) VALUES (0, 3, -1, 'no JSON');
INSERT INTO analytics.unique_due (project_id, hour) VALUES ('bench', date_trunc('hour', now()) - interval '5 hours');
INSERT INTO analytics.model (project_id, task, version, status, reason, trained_on, features, metrics, role,
                             decided_because)
VALUES ('bench', 'conversion', 4, 'abstaining', 'too few sessions', 'observed', '{}', '{"auc": 0.71, "ece": 0.02}',
        'champion', 'it is the first');
INSERT INTO analytics.realised (project_id, task, model_version, since, days, moments, sessions, base_rate, auc,
                                log_loss, log_loss_baseline, ece)
VALUES ('bench', 'conversion', 4, current_date - 29, 28, 100, 50, 0.1, 0.7, 0.3, 0.4, 0.02);
INSERT INTO analytics.drift VALUES ('bench', 'conversion', 4, now(), now(), 500, NULL, '{events,clicks}', '[]');
"""
LEDGER = """
INSERT INTO raw.ledger VALUES
    ('bench', date_trunc('hour', now()) - interval '1 day', 'stored', '', 90),
    ('bench', date_trunc('hour', now()) - interval '1 day', 'rejected', 'invalid', 4),
    ('another', date_trunc('hour', now()) - interval '1 day', 'stored', '', 1000)
"""
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}


@pytest.fixture(scope="module")
async def made(postgres, template, tmp_path_factory):
    """Both databases, with something for each panel, and connections as those who may read them."""
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / "grafana-password").write_text(PASSWORD)
    opened = []
    for kind in ("raw", "analytics"):
        await as_admin(postgres, f"CREATE DATABASE grafana_{kind} TEMPLATE template_{kind}")
        for _ in range(2):
            subprocess.run(
                [_programs() / "psql", *QUIETLY, "-f", GRAFANA / f"{kind}-login.sql", postgres.dsn(f"grafana_{kind}")],
                env=os.environ | {"SECRETS": str(secrets)},
                check=True,
            )
        owner = await asyncpg.connect(postgres.dsn(f"grafana_{kind}"))
        opened.append(owner)
        if kind == "analytics":
            filled = await fill(owner, events=3_000, days=3, seed=2, until=UNTIL)
        await owner.execute(FOUND if kind == "analytics" else LEDGER)

    async def reading(database, role=None):
        login = "gooddata" if role else "shop_grafana"
        dsn = postgres.dsn(database, login, None if role else PASSWORD)
        opened.append(await asyncpg.connect(dsn, server_settings={"role": role} if role else {}))
        return opened[-1]

    yield SimpleNamespace(
        filled=filled,
        by={
            ("login", "gooddata-analytics"): await reading("grafana_analytics"),
            ("login", "gooddata-ledger"): await reading("grafana_raw"),
            ("role", "gooddata-analytics"): await reading("grafana_analytics", "gooddata_dashboard"),
            ("role", "gooddata-ledger"): await reading("grafana_raw", "gooddata_ledger"),
        },
    )
    for connection in opened:
        await connection.close()
    for kind in ("raw", "analytics"):
        await as_admin(postgres, f"DROP DATABASE grafana_{kind} WITH (FORCE)")
    await as_admin(postgres, "DROP ROLE shop_grafana")


def sql_of(target):
    return expanded(target["rawSql"], project=PROJECT, since=SINCE, until=datetime.now(UTC))


async def shown(connection, target):
    """Names and types of the columns, and the rows."""
    statement = await connection.prepare(sql_of(target))
    return {each.name: each.type.name for each in statement.get_attributes()}, await statement.fetch()


@pytest.mark.parametrize("who", ["login", "role"])
@pytest.mark.parametrize("title", PANELS)
async def test_a_panel_has_the_columns_that_its_kind_shows_and_rows_in_them(made, title, who):
    panel = PANELS[title]
    [target] = panel["targets"]
    columns, rows = await shown(made.by[who, target["datasource"]["uid"]], target)
    assert rows
    numbers = [name for name, kind in columns.items() if kind in NUMBERS and name != "time"]
    if panel["type"] == "timeseries":
        assert target["format"] == "time_series"
        assert next(iter(columns)) == "time" and columns["time"] in TIMES
        assert numbers and set(columns) <= {"time", "metric", *numbers}
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    if panel["type"] == "stat":
        assert set(columns) == set(numbers) and len(rows) == 1
    assert len(columns) == len(rows[0])
    named = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
    assert named <= set(columns)


async def test_panels_tell_what_is_stored(made):
    async def rows(title):
        [target] = PANELS[title]["targets"]
        return (await shown(made.by["login", target["datasource"]["uid"]], target))[1]

    [totals] = await rows("Totals")
    assert totals["sessions"] == made.filled.sessions
    assert 0 < totals["bounce rate"] < 1
    over_time = await rows("Page views, sessions, conversions")
    for name in ("page views", "sessions", "conversions"):
        assert sum(row[name] for row in over_time) == totals[name]
    assert (await rows("Events"))[0]["event"] == "page"
    assert sum(row["sessions"] for row in await rows("Devices")) == totals["sessions"]
    assert [(row["metric"], row["events"]) for row in await rows("Ledger: what became of events")] == [
        ("rejected", 4), ("stored", 90)
    ]  # fmt: skip
    assert [(row["of"], row["because of"]) for row in await rows("Anomalies")] == [
        ("source google", "country DE"), (None, "")
    ]  # fmt: skip
    [model] = await rows("Models in use")
    assert (model["AUC"], model["because"]) == (0.71, "too few sessions")


async def test_anomalies_are_marked_on_the_lines_and_projects_can_be_chosen(made):
    analytics = made.by["login", "gooddata-analytics"]
    [anomalies] = DASHBOARD["annotations"]["list"]
    columns, marks = await shown(analytics, anomalies["target"])
    assert list(columns) == ["time", "timeend", "text"]
    assert sorted(row["text"].strip() for row in marks) == ["sessions", "sessions source google"]
    [project] = DASHBOARD["templating"]["list"]
    assert [tuple(row) for row in await analytics.fetch(project["query"])] == [(PROJECT, PROJECT)]


@pytest.mark.parametrize(
    "source, statement",
    [
        ("analytics", "SELECT * FROM control.key"),
        ("analytics", "SELECT * FROM control.sign_in"),
        ("analytics", "SELECT * FROM analytics.session"),
        ("analytics", "SELECT * FROM analytics.event"),
        ("analytics", "SELECT sketch FROM analytics.unique_hour"),
        ("analytics", "SELECT estimator FROM analytics.model"),
        ("analytics", "UPDATE control.project SET name = ''"),
        ("analytics", "DELETE FROM analytics.rollup_minute"),
        ("ledger", "SELECT * FROM raw.batch"),
        ("ledger", "SELECT * FROM raw.rejection"),
        ("ledger", "DELETE FROM raw.ledger"),
    ],
)
async def test_its_login_reads_no_visits_and_no_keys_and_changes_nothing(made, source, statement):
    connection = made.by["login", f"gooddata-{source}"]
    assert await connection.fetchval("SHOW default_transaction_read_only") == "on"
    await connection.execute("SET default_transaction_read_only = off")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.execute("SET default_transaction_read_only = on")


def test_what_is_provisioned_names_what_there_is():
    text = (GRAFANA / "datasources.yaml").read_text()
    sources = {source["uid"]: source for source in yaml.safe_load(text)["datasources"]}
    assert {target["datasource"]["uid"] for panel in PANELS.values() for target in panel["targets"]} == set(sources)
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service = compose["services"]["grafana"]
    given = {name.removesuffix("__FILE") for name in service["environment"]}
    assert set(re.findall(r"\$(\w+)", text)) <= given
    assert service["profiles"] == ["grafana"]
    inside = dict(reversed(volume.removesuffix(":ro").split(":")) for volume in service["volumes"])
    [provider] = yaml.safe_load((GRAFANA / "dashboards.yaml").read_text())["providers"]
    assert inside[f"{provider['options']['path']}/gooddata.json"] == "./grafana/gooddata.json"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
