-- What owners rule about the events of a project: which ones are planned, and which are their own traffic.

-- The document is the plan as `gooddata plan set` checked it: mode, unplanned, and a JSON Schema per event.
CREATE TABLE control.tracking_plan (
    project_id text PRIMARY KEY REFERENCES control.project ON DELETE CASCADE,
    revision uuid NOT NULL DEFAULT gen_random_uuid(),   -- new with every change, so that readers fetch changes alone
    plan json NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Events that match a value here are a project's own traffic, and dropped.
CREATE TABLE control.exclusion (
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('ip', 'user_agent', 'user', 'property', 'trait', 'email_domain')),
    value text NOT NULL,                        -- of a property or trait: name=value
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, kind, value)
);

GRANT SELECT ON control.tracking_plan, control.exclusion TO gooddata_ingest, gooddata_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.tracking_plan, control.exclusion TO gooddata_dashboard;
