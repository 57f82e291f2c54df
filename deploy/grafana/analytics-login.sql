-- Grafana's login on the analytics server: it reads counts, findings and how workers go, nobody's visits and no keys. Who may
-- edit a dashboard there may run any SQL as this login. For psql, as the owner, after gooddata migrate; may be run again.
\set grafana_password `cat "$SECRETS/grafana-password"`

SELECT 'CREATE ROLE shop_grafana LOGIN' WHERE to_regrole('shop_grafana') IS NULL \gexec

ALTER ROLE shop_grafana PASSWORD :'grafana_password';
ALTER ROLE shop_grafana SET default_transaction_read_only = on;
ALTER ROLE shop_grafana SET statement_timeout = '30s';

GRANT CONNECT ON DATABASE :"DBNAME" TO shop_grafana;
GRANT USAGE ON SCHEMA analytics, control TO shop_grafana;
GRANT SELECT (project_id, name, created_at) ON control.project TO shop_grafana;
GRANT SELECT ON analytics.rollup_minute, analytics.rollup_hour, analytics.rollup_day, analytics.unique_due,
    analytics.anomaly, analytics.insight, analytics.cursor, analytics.worker, analytics.unreadable,
    analytics.realised, analytics.drift TO shop_grafana;
GRANT SELECT (project_id, hour, dimension, value, visitors) ON analytics.unique_hour TO shop_grafana;
GRANT SELECT (project_id, day, dimension, value, visitors) ON analytics.unique_day TO shop_grafana;
GRANT SELECT (project_id, task, version, status, reason, trained_at, trained_on, metrics, role, decided_because)
    ON analytics.model TO shop_grafana;
