-- Who may do what with analytics and control. Processes take these roles when they connect.

DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['gooddata_ingest', 'gooddata_worker', 'gooddata_dashboard'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA control TO gooddata_ingest, gooddata_worker, gooddata_dashboard;
GRANT USAGE ON SCHEMA analytics TO gooddata_worker, gooddata_dashboard;

GRANT SELECT ON control.project, control.key TO gooddata_ingest;
GRANT SELECT ON ALL TABLES IN SCHEMA control TO gooddata_worker, gooddata_dashboard;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA analytics TO gooddata_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO gooddata_dashboard;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA control TO gooddata_dashboard;
