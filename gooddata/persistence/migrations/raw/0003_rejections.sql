-- Rejected events: how many bytes of them a project may leave in a day, and what became of their replay; and how often
-- events did not fit their tracking plan.

ALTER TABLE raw.rejection
    ADD context bytea,                          -- what the event's request shared among its events, cut like the body
    ADD replayed_at timestamptz;                -- when it was sent again and taken in; null while it is still refused

-- Bytes that a project's rejected events brought in a day; what comes after the quota is counted and not kept.
CREATE TABLE raw.rejection_usage (
    project_id text NOT NULL,
    day date NOT NULL,                          -- UTC
    bytes bigint NOT NULL,
    PRIMARY KEY (project_id, day)
);

CREATE TABLE raw.plan_violation (
    project_id text NOT NULL,
    day date NOT NULL,                          -- UTC
    event text NOT NULL,                        -- the name of a track event, the type of any other
    field text NOT NULL,
    message text NOT NULL,                      -- without the value that was sent
    outcome text NOT NULL CHECK (outcome IN ('stored', 'rejected')),
    events bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, day, event, field, message, outcome)
);

GRANT SELECT, INSERT, UPDATE ON raw.rejection_usage, raw.plan_violation TO gooddata_ingest;

GRANT SELECT ON raw.rejection_usage, raw.plan_violation TO gooddata_operator;
GRANT UPDATE (reason, field, replayed_at) ON raw.rejection TO gooddata_operator;
