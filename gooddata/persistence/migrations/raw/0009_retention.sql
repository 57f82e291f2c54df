-- Up to when the batches have been gone through for events of a project that keeps its raw events for less time than
-- another.
CREATE TABLE raw.struck (
    project_id text PRIMARY KEY,
    until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON raw.struck TO gooddata_operator;
GRANT SELECT ON raw.struck TO gooddata_worker;
GRANT DELETE ON raw.plan_violation TO gooddata_operator;
GRANT DELETE ON raw.rejection_usage TO gooddata_operator;
