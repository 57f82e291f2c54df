-- Grafana's login on the raw server: it reads the ledger, which has nobody in it. For psql, as the owner, after gooddata migrate; may
-- be run again. On one server with both databases the login is the same.
\set grafana_password `cat "$SECRETS/grafana-password"`

SELECT 'CREATE ROLE shop_grafana LOGIN' WHERE to_regrole('shop_grafana') IS NULL \gexec

ALTER ROLE shop_grafana PASSWORD :'grafana_password';
ALTER ROLE shop_grafana SET default_transaction_read_only = on;
ALTER ROLE shop_grafana SET statement_timeout = '30s';

GRANT CONNECT ON DATABASE :"DBNAME" TO shop_grafana;
GRANT USAGE ON SCHEMA raw TO shop_grafana;
GRANT SELECT ON raw.ledger TO shop_grafana;
