-- What it takes for each process to have a login of its own, a member of one role alone.

DO $$
DECLARE kept regclass;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gooddata_ledger') THEN
        CREATE ROLE gooddata_ledger NOLOGIN;
    END IF;
    GRANT gooddata_ledger TO CURRENT_USER;

    -- Erasing ends with VACUUM, which is the owner's alone before PostgreSQL 17. Later partitions of raw.batch get the
    -- same by default, if this owner makes them.
    IF current_setting('server_version_num')::int >= 170000 THEN
        FOR kept IN SELECT 'raw.batch'::regclass UNION SELECT 'raw.rejection'::regclass
                    UNION SELECT relid FROM pg_partition_tree('raw.batch') LOOP
            EXECUTE format('GRANT MAINTAIN ON %s TO gooddata_operator', kept);
        END LOOP;
        ALTER DEFAULT PRIVILEGES IN SCHEMA raw GRANT MAINTAIN ON TABLES TO gooddata_operator;
    END IF;
END $$;

-- Serving shows what became of events and how far workers are behind: counts, positions and times, and nothing else.
GRANT USAGE ON SCHEMA raw TO gooddata_ledger;
GRANT SELECT ON raw.ledger, raw.partition TO gooddata_ledger;
GRANT SELECT (partition, seq, received_at) ON raw.batch TO gooddata_ledger;

-- Who asked is what the command says; by which login, and when, is what PostgreSQL knows. Null before this migration.
ALTER TABLE raw.audit ADD login text;
ALTER TABLE raw.audit ALTER login SET DEFAULT session_user;
REVOKE INSERT ON raw.audit FROM gooddata_operator;
GRANT INSERT (actor, action, project_id, subject, detail) ON raw.audit TO gooddata_operator;
