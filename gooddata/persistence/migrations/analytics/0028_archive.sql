-- The archive takes out of the stream on NATS what workers have been through, and sees no more than how far that is.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gooddata_archive') THEN
        CREATE ROLE gooddata_archive NOLOGIN;
    END IF;
    GRANT gooddata_archive TO CURRENT_USER;
END $$;

GRANT USAGE ON SCHEMA analytics TO gooddata_archive;
GRANT SELECT (partition, seq) ON analytics.cursor TO gooddata_archive;
