-- Which properties of a project's events go on to analytics: those that its owner names, and no others.
CREATE TABLE control.property (
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    name text NOT NULL,
    allowed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, name)
);
GRANT SELECT ON control.property TO gooddata_worker, gooddata_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.property TO gooddata_dashboard;

ALTER TABLE analytics.event ADD properties jsonb;   -- null where none is allowed, or none was sent
