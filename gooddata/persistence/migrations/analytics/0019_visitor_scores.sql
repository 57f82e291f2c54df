-- What is expected of visitors: whether they come back within 7 days, and whether known ones stay away for 30.
CREATE TABLE analytics.visitor_score (
    project_id text NOT NULL,
    visitor uuid NOT NULL,
    return_7d real CHECK (return_7d BETWEEN 0 AND 1),   -- null while there is no model; analytics.standing says why
    churn_30d real CHECK (churn_30d BETWEEN 0 AND 1),   -- null, too, of who is not known well enough
    visits integer NOT NULL,                            -- of the last 180 days, as are the others
    last_at timestamptz NOT NULL,
    usual_gap_days real,                                -- median between visits; null of a single one
    goals integer NOT NULL,
    revenue double precision NOT NULL,
    computed_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, visitor)
);
CREATE INDEX visitor_score_churn ON analytics.visitor_score (project_id, churn_30d DESC NULLS LAST);

ALTER TABLE analytics.standing DROP CONSTRAINT standing_task_check;
ALTER TABLE analytics.standing ADD CONSTRAINT standing_task_check
    CHECK (task IN ('automation', 'segments', 'recommendations', 'return_7d', 'churn_30d'));

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.visitor_score TO gooddata_worker;
GRANT SELECT ON analytics.visitor_score TO gooddata_dashboard;
GRANT SELECT, DELETE ON analytics.visitor_score TO gooddata_operator;
