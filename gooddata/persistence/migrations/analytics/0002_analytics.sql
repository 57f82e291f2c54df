-- What workers compute and dashboards read. Visitors and users are keyed hashes here; nothing points back to a person
-- without the key, which this database does not hold.

CREATE SCHEMA analytics;

CREATE TABLE analytics.cursor (
    partition smallint PRIMARY KEY,
    seq bigint NOT NULL DEFAULT 0,              -- the last batch whose results are committed here
    epoch bigint NOT NULL DEFAULT 0,            -- grows with every lease; a worker with an older one cannot write
    owner text,
    leased_until timestamptz,
    caught_up_at timestamptz                    -- received_at of the last batch applied
);

-- The workers there are. One is alive while it was seen lately and holds the advisory lock of its number.
CREATE TABLE analytics.worker (
    number integer PRIMARY KEY,
    owner text NOT NULL UNIQUE,
    seen_at timestamptz NOT NULL DEFAULT now()
);

-- What could not be applied: a batch as a whole (place -1) or the event at that place of it, counted from 0. The raw
-- batch keeps it; here is why it is missing from everything below.
CREATE TABLE analytics.unreadable (
    partition smallint NOT NULL,
    seq bigint NOT NULL,
    place integer NOT NULL,
    reason text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partition, seq, place)
);

CREATE TABLE analytics.event (
    project_id text NOT NULL,
    event_id uuid NOT NULL,
    visitor uuid NOT NULL,
    "user" uuid,
    session_id uuid NOT NULL,
    timestamp timestamptz NOT NULL,
    type text NOT NULL,
    name text,
    path text,
    source text,
    campaign text,
    device text,
    browser text,
    product text,
    category text,
    value double precision,                     -- price times quantity of what the event is about
    revenue double precision,                   -- what an order, or another goal, brought in
    engaged_ms integer,
    scroll real,                                -- percent of the document, 0 to 100
    vector real[],
    vector_version smallint,                    -- of gooddata/vector.json, by which the numbers have their names
    goal boolean NOT NULL DEFAULT false,
    simulated boolean NOT NULL DEFAULT false,
    automated boolean NOT NULL DEFAULT false
);
CREATE INDEX event_visitor ON analytics.event (project_id, visitor, timestamp);

CREATE TABLE analytics.session (
    project_id text NOT NULL,
    session_id uuid NOT NULL,
    visitor uuid NOT NULL,
    started_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    events integer NOT NULL,
    pageviews integer NOT NULL,
    clicks integer NOT NULL,
    goals integer NOT NULL,
    revenue double precision NOT NULL DEFAULT 0,
    engaged_ms bigint NOT NULL DEFAULT 0,
    scroll real NOT NULL DEFAULT 0,
    entry_path text,
    last_path text,
    source text,
    campaign text,
    device text,
    browser text,
    simulated boolean NOT NULL DEFAULT false,
    automated boolean NOT NULL DEFAULT false,
    last_event uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, session_id)
);
CREATE INDEX session_visitor ON analytics.session (project_id, visitor, started_at);
CREATE INDEX session_last_at ON analytics.session (project_id, last_at);
CREATE INDEX session_started_at ON analytics.session (project_id, started_at);

-- Additive counts of a minute, of everything (dimension '') and of each value of a dimension.
CREATE TABLE analytics.rollup_minute (
    project_id text NOT NULL,
    minute timestamptz NOT NULL,
    dimension text NOT NULL,                    -- '', page, source, campaign, event, device, browser
    value text NOT NULL,
    events bigint NOT NULL DEFAULT 0,
    pageviews bigint NOT NULL DEFAULT 0,
    sessions bigint NOT NULL DEFAULT 0,         -- sessions that started in this minute
    bounces bigint NOT NULL DEFAULT 0,          -- those of them with a single page view and no other interaction
    conversions bigint NOT NULL DEFAULT 0,      -- goal events
    revenue double precision NOT NULL DEFAULT 0,
    engaged_ms bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, dimension, minute, value)
);

-- The newest score of a session for a task; a null score abstains and says why.
CREATE TABLE analytics.score (
    project_id text NOT NULL,
    session_id uuid NOT NULL,
    task text NOT NULL,
    visitor uuid NOT NULL,
    score real,
    reason text,
    model_version integer,
    last_event uuid NOT NULL,                   -- the newest event that the score has seen
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, session_id, task),
    CHECK ((score IS NULL) = (reason IS NOT NULL))
);
CREATE INDEX score_visitor ON analytics.score (project_id, visitor, computed_at);

CREATE TABLE analytics.model (
    project_id text NOT NULL,
    task text NOT NULL,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('ready', 'abstaining')),
    reason text,                                -- why it abstains
    trained_at timestamptz NOT NULL DEFAULT now(),
    trained_on text NOT NULL CHECK (trained_on IN ('simulated', 'observed', 'mixed', 'nothing')),
    features text[] NOT NULL,
    metrics jsonb NOT NULL,
    estimator bytea,                            -- skops; null where it abstains
    PRIMARY KEY (project_id, task, version),
    CHECK ((status = 'ready') = (estimator IS NOT NULL))
);
