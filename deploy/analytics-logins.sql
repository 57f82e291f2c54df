-- The logins of the analytics server, each a member of the one role whose work its process does there. For psql, as the
-- owner, after gooddata migrate; run again, it sets the passwords anew. They are in files in the folder $SECRETS.
\set ingest_password `cat "$SECRETS/ingest-password"`
\set worker_password `cat "$SECRETS/worker-password"`
\set dashboard_password `cat "$SECRETS/dashboard-password"`
\set operator_password `cat "$SECRETS/operator-password"`

SELECT format('CREATE ROLE %I LOGIN', login)
FROM unnest(ARRAY['shop_ingest', 'shop_worker', 'shop_dashboard', 'shop_operator']) AS login
WHERE to_regrole(login) IS NULL \gexec

ALTER ROLE shop_ingest PASSWORD :'ingest_password';
ALTER ROLE shop_worker PASSWORD :'worker_password';
ALTER ROLE shop_dashboard PASSWORD :'dashboard_password';
ALTER ROLE shop_operator PASSWORD :'operator_password';

GRANT gooddata_ingest TO shop_ingest;
GRANT gooddata_worker TO shop_worker;
GRANT gooddata_dashboard TO shop_dashboard;
GRANT gooddata_operator TO shop_operator;

-- Nobody else connects, and nobody makes temporary tables.
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO gooddata_ingest, gooddata_worker, gooddata_dashboard, gooddata_operator;
