"""Each role can do its work, and PostgreSQL itself refuses the rest."""

import asyncpg
import pytest

ALLOWED = [
    ("raw", "gooddata_ingest", "SELECT partition, head FROM raw.partition FOR NO KEY UPDATE"),
    ("raw", "gooddata_ingest", "SELECT partition, seq, received_at, events, fingerprints FROM raw.batch"),
    ("raw", "gooddata_worker", "SELECT body FROM raw.batch"),
    ("raw", "gooddata_operator", "SELECT * FROM raw.events"),
    ("raw", "gooddata_operator", "SELECT * FROM raw.ledger"),
    ("raw", "gooddata_operator", "UPDATE raw.rejection SET replayed_at = now(), reason = 'x', field = NULL"),
    ("raw", "gooddata_operator", "SELECT * FROM raw.plan_violation"),
    ("raw", "gooddata_operator", "SELECT * FROM raw.audit"),
    ("raw", "gooddata_operator", "DELETE FROM raw.rejection"),
    ("raw", "gooddata_operator", "UPDATE raw.batch SET body = '[]'"),
    ("raw", "gooddata_ingest", "SELECT * FROM raw.tombstone"),
    ("analytics", "gooddata_operator", "DELETE FROM analytics.event"),
    ("analytics", "gooddata_operator", "UPDATE analytics.cursor SET epoch = epoch + 1"),
    ("raw", "gooddata_ingest", "UPDATE raw.plan_violation SET events = 1"),
    ("analytics", "gooddata_ingest", "SELECT * FROM control.tracking_plan"),
    ("analytics", "gooddata_ingest", "SELECT * FROM control.exclusion"),
    ("analytics", "gooddata_ingest", "SELECT * FROM control.key"),
    ("analytics", "gooddata_worker", "DELETE FROM analytics.session"),
    ("analytics", "gooddata_worker", "DELETE FROM analytics.identity_link"),
    ("analytics", "gooddata_worker", "SELECT * FROM analytics.identity_unlink"),
    ("analytics", "gooddata_worker", "DELETE FROM analytics.unique_due"),
    ("analytics", "gooddata_operator", "UPDATE analytics.unique_hour SET visitors = 0"),
    ("analytics", "gooddata_dashboard", "SELECT * FROM analytics.unique_day"),
    ("analytics", "gooddata_dashboard", "SELECT * FROM analytics.session"),
    ("analytics", "gooddata_dashboard", "SELECT * FROM analytics.identity_proposal"),
    ("analytics", "gooddata_dashboard", "SELECT analytics.person('shop', gen_random_uuid(), now())"),
    ("analytics", "gooddata_dashboard", "DELETE FROM control.sign_in"),
]
FORBIDDEN = [
    ("raw", "gooddata_ingest", "SELECT body FROM raw.batch"),
    ("raw", "gooddata_ingest", "SELECT * FROM raw.events"),
    ("raw", "gooddata_ingest", "SELECT body FROM raw.rejection"),
    ("raw", "gooddata_ingest", "DELETE FROM raw.batch"),
    ("raw", "gooddata_ingest", "UPDATE raw.batch SET body = '[]'"),
    ("raw", "gooddata_worker", "SELECT * FROM raw.rejection"),
    ("raw", "gooddata_worker", "INSERT INTO raw.partition VALUES (99)"),
    ("raw", "gooddata_operator", "DELETE FROM raw.batch"),
    ("raw", "gooddata_operator", "UPDATE raw.batch SET received_at = now()"),
    ("raw", "gooddata_operator", "DELETE FROM raw.audit"),
    ("raw", "gooddata_operator", "UPDATE raw.audit SET actor = 'nobody'"),
    ("raw", "gooddata_operator", "DELETE FROM raw.tombstone"),
    ("raw", "gooddata_operator", "UPDATE raw.tombstone SET until = now()"),
    (
        "raw",
        "gooddata_ingest",
        "INSERT INTO raw.tombstone (project_id, kind, subject, until) VALUES ('x', 'user', gen_random_uuid(), now())",
    ),
    ("raw", "gooddata_ingest", "SELECT * FROM raw.audit"),
    ("raw", "gooddata_worker", "SELECT * FROM raw.audit"),
    ("raw", "gooddata_worker", "SELECT * FROM raw.tombstone"),
    ("analytics", "gooddata_operator", "UPDATE analytics.cursor SET seq = 0"),
    ("analytics", "gooddata_operator", "INSERT INTO analytics.membership SELECT * FROM analytics.membership"),
    ("analytics", "gooddata_operator", "SELECT * FROM control.key"),
    ("analytics", "gooddata_operator", "DELETE FROM analytics.model"),
    ("raw", "gooddata_operator", "UPDATE raw.rejection SET body = ''"),
    ("raw", "gooddata_ingest", "UPDATE raw.rejection SET replayed_at = now()"),
    ("raw", "gooddata_worker", "SELECT * FROM raw.plan_violation"),
    ("analytics", "gooddata_ingest", "DELETE FROM control.exclusion"),
    ("raw", "gooddata_dashboard", "SELECT * FROM raw.events"),
    ("raw", "gooddata_dashboard", "SELECT * FROM raw.ledger"),
    ("analytics", "gooddata_ingest", "SELECT * FROM analytics.event"),
    ("analytics", "gooddata_ingest", "INSERT INTO control.project (project_id, name) VALUES ('x', 'x')"),
    ("analytics", "gooddata_worker", "UPDATE control.project SET name = ''"),
    ("analytics", "gooddata_worker", "DELETE FROM analytics.identity_unlink"),
    ("analytics", "gooddata_worker", "UPDATE analytics.identity_merge SET undone_at = now()"),
    ("analytics", "gooddata_ingest", "SELECT * FROM analytics.identity_link"),
    ("analytics", "gooddata_dashboard", "DELETE FROM analytics.session"),
    ("analytics", "gooddata_dashboard", "DELETE FROM analytics.identity_link"),
    ("analytics", "gooddata_dashboard", "UPDATE analytics.score SET score = 1"),
    ("analytics", "gooddata_dashboard", "DELETE FROM analytics.unique_hour"),
    ("analytics", "gooddata_operator", "DELETE FROM analytics.unique_due"),
    ("analytics", "gooddata_worker", "DELETE FROM analytics.unique_closed"),
    ("analytics", "gooddata_ingest", "SELECT * FROM analytics.unique_day"),
]


async def attempt(shared, database, role, statement):
    dsn = shared.raw_dsn if database == "raw" else shared.analytics_dsn
    connection = await asyncpg.connect(dsn, server_settings={"role": role})
    try:
        async with connection.transaction(readonly=False):
            await connection.execute(statement)
            raise ZeroDivisionError  # leave no trace on the databases that other tests share
    except ZeroDivisionError:
        pass
    finally:
        await connection.close()


@pytest.mark.parametrize(("database", "role", "statement"), ALLOWED)
async def test_a_role_can_do_its_work(shared, database, role, statement):
    await attempt(shared, database, role, statement)


@pytest.mark.parametrize(("database", "role", "statement"), FORBIDDEN)
async def test_a_role_is_refused_what_is_not_its_work(shared, database, role, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attempt(shared, database, role, statement)
