-- The operator erases people here, too, and reads what is held of one of them to give it to them.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gooddata_operator') THEN
        CREATE ROLE gooddata_operator NOLOGIN;
    END IF;
    GRANT gooddata_operator TO CURRENT_USER;
END $$;

GRANT USAGE ON SCHEMA control, analytics TO gooddata_operator;
GRANT SELECT ON control.project TO gooddata_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO gooddata_operator;
GRANT DELETE ON analytics.event, analytics.session, analytics.score, analytics.identity_link, analytics.membership,
    analytics.identity_unlink, analytics.identity_merge, analytics.rollup_minute TO gooddata_operator;
GRANT INSERT, UPDATE ON analytics.rollup_minute TO gooddata_operator;
-- An erasure takes every lease back, so that no worker writes what it had read before.
GRANT UPDATE (epoch) ON analytics.cursor TO gooddata_operator;

-- Models that have learned from people who were erased since; a new version takes their place.
CREATE TABLE analytics.retrain (
    project_id text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON analytics.retrain TO gooddata_operator;
GRANT SELECT, DELETE ON analytics.retrain TO gooddata_worker;
GRANT SELECT ON analytics.retrain TO gooddata_dashboard;
