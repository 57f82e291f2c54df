-- The events of every hour by columns (gooddata/blocks/), as they were when the hour was last counted: what has changed
-- since is in analytics.unique_due. They go with the events that they are of.
CREATE TABLE analytics.block (
    project_id text NOT NULL,
    hour timestamptz NOT NULL,
    version bigint GENERATED ALWAYS AS IDENTITY,    -- another one whenever the block is written
    events integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (project_id, hour)
);
-- It is compressed already.
ALTER TABLE analytics.block ALTER body SET STORAGE EXTERNAL;

GRANT SELECT ON analytics.block TO gooddata_worker, gooddata_dashboard, gooddata_operator;
GRANT INSERT, UPDATE, DELETE ON analytics.block TO gooddata_worker;
GRANT DELETE ON analytics.block TO gooddata_operator;

-- Hours that have been counted already are counted once more, for their blocks.
INSERT INTO analytics.unique_due (project_id, hour)
SELECT project_id, hour FROM analytics.unique_hour u
WHERE dimension = '' AND hour >= coalesce(
    (SELECT max(before) FROM analytics.unique_closed c WHERE c.project_id IN (u.project_id, '')), '-infinity')
ON CONFLICT (project_id, hour) DO NOTHING;
