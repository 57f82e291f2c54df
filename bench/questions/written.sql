-- How many bytes of WAL were written since the cluster was made, and how many does this database take?
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal, pg_database_size(current_database()) AS stored
