-- What is said of each project: sentences of groups, with the numbers behind them. No visitor is in them.
CREATE TABLE analytics.insight (
    project_id text NOT NULL,
    key text NOT NULL,                          -- the same in every run for the same thing
    kind text NOT NULL CHECK (kind IN ('change', 'association', 'stand-out')),
    sentence text NOT NULL,
    numbers jsonb NOT NULL,                     -- before, after, ratio, interval, test, statistic, p, q and more
    for_whom jsonb NOT NULL,                    -- dimension and value; {} is everybody
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,                 -- it counts until then, if it is not seen again
    rank double precision NOT NULL CHECK (rank BETWEEN 0 AND 1),
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    PRIMARY KEY (project_id, key)
);

-- When each project was last looked at.
CREATE TABLE analytics.insight_run (
    project_id text PRIMARY KEY,
    at timestamptz NOT NULL,
    tested integer NOT NULL,
    reason text                                 -- why nothing could be said
);

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.insight, analytics.insight_run TO gooddata_worker;
GRANT SELECT ON analytics.insight, analytics.insight_run TO gooddata_dashboard;
