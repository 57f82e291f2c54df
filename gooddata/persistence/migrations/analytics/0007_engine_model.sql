-- Models that browsers evaluate themselves: versions of each project's, with how good they were on sessions held out.
CREATE TABLE analytics.engine_model (
    project_id text NOT NULL,
    version int NOT NULL,
    trained_at timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL CHECK (status IN ('ready', 'abstaining')),
    reason text,                                -- why it abstains
    trained_on text NOT NULL,
    vector_version int NOT NULL,
    metrics jsonb NOT NULL,
    model jsonb,                                -- as browsers get it; null where it abstains
    PRIMARY KEY (project_id, version)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.engine_model TO gooddata_worker;
GRANT SELECT ON analytics.engine_model TO gooddata_dashboard;
