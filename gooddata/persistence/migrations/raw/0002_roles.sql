-- Who may do what with raw. Processes take these roles when they connect.

DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['gooddata_ingest', 'gooddata_worker', 'gooddata_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA raw TO gooddata_ingest, gooddata_worker, gooddata_operator;

-- Ingestion adds and sees positions and identities, never a body.
GRANT SELECT, UPDATE (head) ON raw.partition TO gooddata_ingest;
GRANT INSERT ON raw.batch, raw.rejection TO gooddata_ingest;
GRANT SELECT (partition, seq, received_at, events, fingerprints) ON raw.batch TO gooddata_ingest;
GRANT SELECT, INSERT, UPDATE ON raw.ledger TO gooddata_ingest;

GRANT SELECT ON raw.partition, raw.batch TO gooddata_worker;

GRANT SELECT ON ALL TABLES IN SCHEMA raw TO gooddata_operator;
