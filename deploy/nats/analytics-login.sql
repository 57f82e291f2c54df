-- The archive's login on the analytics server, where the event log is on NATS. For psql, as the owner, after gooddata migrate; may be run
-- again.
\set archive_password `cat "$SECRETS/archive-password"`

SELECT 'CREATE ROLE shop_archive LOGIN' WHERE to_regrole('shop_archive') IS NULL \gexec

ALTER ROLE shop_archive PASSWORD :'archive_password';
GRANT gooddata_archive TO shop_archive;
GRANT CONNECT ON DATABASE :"DBNAME" TO gooddata_archive;
