-- What standing jobs say of sessions and visitors: which sessions are likely programs', and which visitors are alike.

-- How a project's standing model of a task came about. A model that has learned from somebody who was erased since
-- (erasures differ from those it was fitted at) is fitted anew.
CREATE TABLE analytics.standing (
    project_id text NOT NULL,
    task text NOT NULL CHECK (task IN ('automation', 'segments')),
    at timestamptz,                             -- when it was last looked at
    reason text,                                -- why nothing is said
    fitted_at timestamptz,
    erasures bigint NOT NULL DEFAULT 0,
    erasures_fitted bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, task)
);

-- Sessions as far as they have been looked at; a score of 1 is surely a program's.
CREATE TABLE analytics.automation (
    project_id text NOT NULL,
    session_id uuid NOT NULL,
    visitor uuid NOT NULL,
    started_at timestamptz NOT NULL,
    events integer NOT NULL,                    -- that the session had then
    score real NOT NULL CHECK (score BETWEEN 0 AND 1),
    likely boolean NOT NULL,                    -- by its score
    declared boolean NOT NULL,                  -- whether it says so itself, which its score knows nothing of
    reasons jsonb NOT NULL,                     -- [{"name", "text", "value", "usual", "beyond"}], the weightiest first
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, session_id)
);
CREATE INDEX automation_started_at ON analytics.automation (project_id, started_at);
CREATE INDEX automation_visitor ON analytics.automation (project_id, visitor);

-- Clusters of visitors that behave alike. An id stays with what is most like it the next day.
CREATE TABLE analytics.segment (
    project_id text NOT NULL,
    segment_id integer NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    size integer NOT NULL,                      -- visitors
    features jsonb NOT NULL,                    -- what sets it apart: [{"name", "text", "value", "everybody", "apart"}]
    since timestamptz NOT NULL,                 -- when the id came up
    PRIMARY KEY (project_id, segment_id)
);

CREATE TABLE analytics.segment_member (
    project_id text NOT NULL,
    visitor uuid NOT NULL,
    segment_id integer NOT NULL,
    PRIMARY KEY (project_id, visitor)
);
CREATE INDEX segment_member_segment ON analytics.segment_member (project_id, segment_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.standing, analytics.automation, analytics.segment,
    analytics.segment_member TO gooddata_worker;
GRANT SELECT ON analytics.standing, analytics.automation, analytics.segment, analytics.segment_member
    TO gooddata_dashboard, gooddata_operator;
GRANT DELETE ON analytics.automation, analytics.segment_member TO gooddata_operator;
GRANT INSERT (project_id, task, erasures), UPDATE (erasures) ON analytics.standing TO gooddata_operator;
