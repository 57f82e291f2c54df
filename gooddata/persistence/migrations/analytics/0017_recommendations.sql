-- What recommendations are made by: what the owner says of items and lets be recommended, and what workers have found.

CREATE TABLE control.item (
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    item text NOT NULL,
    category text,                              -- null: as events tell it
    in_stock boolean,                           -- null: nobody said
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, item)
);

-- A project that has no row goes by the defaults.
CREATE TABLE control.recommendation_rules (
    project_id text PRIMARY KEY REFERENCES control.project ON DELETE CASCADE,
    exclude_bought boolean NOT NULL,
    diversity real NOT NULL CHECK (diversity BETWEEN 0 AND 1),
    new_items boolean NOT NULL
);

-- What belongs to an item, and, of item '', what is trending; the first at place 0.
CREATE TABLE analytics.recommendation (
    project_id text NOT NULL,
    item text NOT NULL,
    place smallint NOT NULL,
    recommended text NOT NULL,
    weight real NOT NULL,                       -- cosine; of what is trending, sessions
    PRIMARY KEY (project_id, item, place)
);

ALTER TABLE analytics.standing DROP CONSTRAINT standing_task_check;
ALTER TABLE analytics.standing ADD CHECK (task IN ('automation', 'segments', 'recommendations'));

GRANT SELECT ON control.item, control.recommendation_rules TO gooddata_worker, gooddata_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.item, control.recommendation_rules TO gooddata_dashboard;
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.recommendation TO gooddata_worker;
GRANT SELECT ON analytics.recommendation TO gooddata_dashboard, gooddata_operator;
