-- What it takes for the archive to have a login of its own: it moves the event log from NATS JetStream to here, and reads none of it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gooddata_archive') THEN
        CREATE ROLE gooddata_archive NOLOGIN;
    END IF;
    GRANT gooddata_archive TO CURRENT_USER;
END $$;

GRANT USAGE ON SCHEMA raw TO gooddata_archive;
GRANT SELECT, UPDATE (archived) ON raw.stream TO gooddata_archive;
GRANT SELECT (partition), UPDATE (head) ON raw.partition TO gooddata_archive;
GRANT INSERT ON raw.batch, raw.rejection TO gooddata_archive;
GRANT SELECT, INSERT, UPDATE ON raw.ledger, raw.rejection_usage TO gooddata_archive;
GRANT EXECUTE ON FUNCTION raw.make_room TO gooddata_archive;

-- Ingestion moves nothing.
REVOKE UPDATE (archived) ON raw.stream FROM gooddata_ingest;
