-- The ordinary way: one row an event, with what its session is credited to beside it.
CREATE SCHEMA IF NOT EXISTS plain;
CREATE TABLE plain.event (
    project_id text NOT NULL,
    event_id uuid NOT NULL,
    visitor uuid NOT NULL,
    session_id uuid NOT NULL,
    timestamp timestamptz NOT NULL,
    type text NOT NULL,
    name text,
    path text,
    source text NOT NULL,
    campaign text,
    device text,
    browser text,
    country text,
    goal boolean NOT NULL,
    revenue double precision,
    engaged_ms integer
);
GRANT USAGE ON SCHEMA plain TO gooddata_dashboard;
GRANT SELECT ON plain.event TO gooddata_dashboard
