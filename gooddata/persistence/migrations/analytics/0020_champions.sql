-- Which version of a model is in use and why; how trainings go; how good scores turned out to be; whether what sessions
-- are like has changed since the model learned.

ALTER TABLE analytics.model
    ADD COLUMN role text NOT NULL DEFAULT 'former' CHECK (role IN ('champion', 'challenger', 'former')),
    ADD COLUMN decided_because text,            -- why it is in use, or is not
    ADD COLUMN learned_from timestamptz,        -- what it has learned from lies between these
    ADD COLUMN learned_until timestamptz,
    ADD COLUMN erased_since timestamptz,        -- since when it may have learned from somebody who is erased
    ADD COLUMN profile jsonb,                   -- what features and predictions were like: gooddata/intelligence/quality/profile.py
    ADD COLUMN described jsonb;                 -- {"asks", "features": [{"name", "unit", "meaning", "source"}]}
-- What a version learned that is out of use, and learned from somebody who was erased, goes; its figures stay.
ALTER TABLE analytics.model DROP CONSTRAINT model_check;
ALTER TABLE analytics.model ADD CHECK (estimator IS NULL OR status = 'ready');
ALTER TABLE analytics.model ADD CHECK (estimator IS NOT NULL OR status = 'abstaining' OR role <> 'champion');

UPDATE analytics.model SET learned_until = trained_at;
UPDATE analytics.model m SET role = 'champion', decided_because = 'it was in use before models were compared'
FROM (
    SELECT DISTINCT ON (project_id, task) project_id, task, version
    FROM analytics.model
    ORDER BY project_id, task, status = 'ready' DESC, version DESC
) newest
WHERE m.project_id = newest.project_id AND m.task = newest.task AND m.version = newest.version;
UPDATE analytics.model m SET role = 'challenger', decided_because = 'it abstains: ' || m.reason
FROM (SELECT project_id, task, max(version) AS version FROM analytics.model GROUP BY project_id, task) newest
WHERE m.project_id = newest.project_id AND m.task = newest.task AND m.version = newest.version AND m.role = 'former';
CREATE UNIQUE INDEX model_champion ON analytics.model (project_id, task) WHERE role = 'champion';

-- How a project's trainings go. What was read while `erasures` was another number is not stored.
CREATE TABLE analytics.training (
    project_id text PRIMARY KEY,
    erasures bigint NOT NULL DEFAULT 0,         -- how often people were erased
    tried_at timestamptz,
    failures integer NOT NULL DEFAULT 0,        -- since the last one that succeeded
    failed_because text,
    retry_at timestamptz                        -- not tried again before
);

-- A sample of scores as they were told: of one session in sixteen, by the last four bits of its id, its first 32 events
-- at most. Workers keep them for 30 days.
CREATE TABLE analytics.scored_moment (
    project_id text NOT NULL,
    session_id uuid NOT NULL,
    task text NOT NULL,
    events integer NOT NULL,                    -- that the session had then
    at timestamptz NOT NULL,                    -- when the newest of them happened
    model_version integer NOT NULL,
    score real NOT NULL CHECK (score BETWEEN 0 AND 1),
    came_true boolean,                          -- null: the session has not ended
    PRIMARY KEY (project_id, session_id, task, events)
);
CREATE INDEX scored_moment_at ON analytics.scored_moment (project_id, task, at);
CREATE INDEX scored_moment_open ON analytics.scored_moment (project_id, at) WHERE came_true IS NULL;

-- How good the scores of a version turned out to be, of the `days` (UTC) from `since` on. Workers keep them for 400 days.
CREATE TABLE analytics.realised (
    project_id text NOT NULL,
    task text NOT NULL,
    model_version integer NOT NULL,
    since date NOT NULL,
    days integer NOT NULL,
    moments integer NOT NULL,
    sessions integer NOT NULL,
    base_rate double precision NOT NULL,        -- the share of moments after which it came true
    auc double precision,                       -- null: all came true, or none
    auc_low double precision,
    auc_high double precision,
    log_loss double precision NOT NULL,
    log_loss_baseline double precision NOT NULL,    -- of always saying the base rate
    ece double precision NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, task, model_version, since, days)
);

-- How far the newest sessions are from those that the model in use has learned from.
CREATE TABLE analytics.drift (
    project_id text NOT NULL,
    task text NOT NULL,
    model_version integer NOT NULL,
    computed_at timestamptz NOT NULL,
    since timestamptz,                          -- of which sessions
    sessions integer NOT NULL,
    reason text,                                -- why nothing can be said
    drifted text[] NOT NULL,                    -- names of features; score: the predictions
    features jsonb NOT NULL,                    -- [{"name", "psi", "limit"}], the farthest first
    PRIMARY KEY (project_id, task)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.training, analytics.scored_moment, analytics.realised, analytics.drift
    TO gooddata_worker;
GRANT SELECT ON analytics.training, analytics.scored_moment, analytics.realised, analytics.drift
    TO gooddata_dashboard, gooddata_operator;
GRANT DELETE ON analytics.scored_moment TO gooddata_operator;
GRANT INSERT (project_id, erasures), UPDATE (erasures) ON analytics.training TO gooddata_operator;
GRANT UPDATE (erased_since) ON analytics.model TO gooddata_operator;
