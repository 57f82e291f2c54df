-- Unique visitors of every hour and (UTC) day, of everything (dimension '') and of each value of each dimension: who had an
-- event there. Sketches (gooddata/sketch.py) merge: of several hours, days or values there is one number, too.

CREATE TABLE analytics.unique_hour (
    project_id text NOT NULL,
    hour timestamptz NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    visitors bigint NOT NULL,                   -- what the sketch says, for plain SQL: exact up to 2,048
    sketch bytea NOT NULL,
    PRIMARY KEY (project_id, dimension, hour, value)
);

CREATE TABLE analytics.unique_day (
    project_id text NOT NULL,
    day timestamptz NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    visitors bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (project_id, dimension, day, value)
);

-- Hashes do not compress.
ALTER TABLE analytics.unique_hour ALTER sketch SET STORAGE EXTERNAL;
ALTER TABLE analytics.unique_day ALTER sketch SET STORAGE EXTERNAL;

-- Hours whose events or sessions have changed since their sketches were made. An hour that is not here has the sketches
-- that its events call for, none if it has none: intelligence/uniques/recount.py says why that always holds.
CREATE TABLE analytics.unique_due (
    project_id text NOT NULL,
    hour timestamptz NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    marks bigint NOT NULL DEFAULT 1,            -- grows with every transaction that changes the hour
    PRIMARY KEY (project_id, hour)
) WITH (fillfactor = 50);

-- Before these times events or sessions have been removed by their age, of a project or (project '') of all: sketches from
-- before can no longer be counted anew, only be added to.
CREATE TABLE analytics.unique_closed (
    project_id text PRIMARY KEY,
    before timestamptz NOT NULL
);

-- An hour's events lie together, wherever they came in as they happened.
CREATE INDEX event_timestamp ON analytics.event USING brin (timestamp) WITH (autosummarize = on);

GRANT SELECT ON analytics.unique_hour, analytics.unique_day, analytics.unique_due, analytics.unique_closed
    TO gooddata_worker, gooddata_dashboard, gooddata_operator;
GRANT INSERT, UPDATE, DELETE ON analytics.unique_hour, analytics.unique_day, analytics.unique_due TO gooddata_worker;
GRANT UPDATE, DELETE ON analytics.unique_hour, analytics.unique_day TO gooddata_operator;
GRANT INSERT, UPDATE ON analytics.unique_due, analytics.unique_closed TO gooddata_operator;

-- What is stored already: every hour is due, and events that are goals count by their names from the first on.
INSERT INTO analytics.unique_due (project_id, hour)
SELECT DISTINCT project_id, date_trunc('hour', minute, 'UTC') FROM analytics.rollup_minute WHERE dimension = '';

INSERT INTO analytics.rollup_minute (
    project_id, minute, dimension, value, events, pageviews, conversions, revenue, engaged_ms
)
SELECT project_id, date_trunc('minute', timestamp, 'UTC'), 'goal', coalesce(nullif(name, ''), type), count(*),
       count(*) FILTER (WHERE type IN ('page', 'screen')), count(*), coalesce(sum(round(revenue * 10000)) / 10000, 0),
       coalesce(sum(engaged_ms), 0)
FROM analytics.event
WHERE goal
GROUP BY 1, 2, 4;
