-- What was out of the ordinary in the counts of a project: a metric of everything (dimension '') or of one value of a
-- dimension, in one bucket. Nothing here is of one visitor. Workers keep them for 400 days.

CREATE TABLE analytics.anomaly (
    project_id text NOT NULL,
    metric text NOT NULL,                       -- events, pageviews, sessions, conversions, conversion_rate, errors
    dimension text NOT NULL,
    value text NOT NULL,
    bucket timestamptz NOT NULL,                -- its start
    step interval NOT NULL,                     -- its length: 5 minutes or an hour
    observed double precision NOT NULL,
    low double precision NOT NULL,              -- between these it would have been as usual
    high double precision NOT NULL,
    score real NOT NULL CHECK (score BETWEEN 0 AND 1),
    driver jsonb,                               -- {"dimension", "value", "share"}: what accounts for how much of it; null: nothing alone
    detected_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, bucket, step, metric, dimension, value)
);

-- Up to where (without it) buckets of each length have been looked at.
CREATE TABLE analytics.anomaly_progress (
    project_id text NOT NULL,
    step interval NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (project_id, step)
);

GRANT SELECT ON analytics.anomaly, analytics.anomaly_progress TO gooddata_worker, gooddata_dashboard, gooddata_operator;
GRANT INSERT, UPDATE, DELETE ON analytics.anomaly, analytics.anomaly_progress TO gooddata_worker;
